// Files and folders that only their owner may read, whatever the umask. A file is whole or absent:
// written beside its place, synced, then renamed.

import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: FOLDER_MODE })
  chmodSync(path, FOLDER_MODE)
}

export function writePrivateFile(path: string, content: string | Uint8Array): void {
  const beside = `${path}.new`
  const file = openSync(beside, 'w', FILE_MODE)
  try {
    fchmodSync(file, FILE_MODE)
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
  synced(dirname(path))
}

/** What a file holds is durable from here on, or a folder's names: a rename is durable when its folder is. */
export function synced(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
