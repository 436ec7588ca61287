// What lies where in the data folder.

export const DATABASE_FILE = 'server.db'
export const BLOBS_FOLDER = 'blobs'
/** Beside the database and the blobs, what a backup must have. */
export const KEPT_FILES: readonly string[] = [
  'server-keys.json',
  'certificate.pem',
  'certificate-key.pem',
  'config.toml',
]
