// A small file that is whole or not there: written beside, synced, renamed into place. 0600
// whatever the umask.

import { randomBytes } from 'node:crypto'
import { closeSync, constants, fchmodSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

const PRIVATE = 0o600

export async function writePrivateFile(path: string, bytes: Uint8Array): Promise<void> {
  // A name of its own: what a killed process left behind is in nobody's way.
  const beside = `${path}.${randomBytes(6).toString('hex')}.new`
  try {
    const file = await open(beside, 'wx', PRIVATE)
    try {
      await file.chmod(PRIVATE)
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** Undefined if nothing stands there. Links and folders are refused, and more than `max` bytes.
 *  Small files, read at every start: without the detour over another thread. */
export async function readPrivateFile(path: string, max: number): Promise<Uint8Array | undefined> {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    const stats = fstatSync(file)
    if (!stats.isFile()) throw new Error('not a plain file')
    if (stats.size > max) throw new Error(`more than ${max} bytes`)
    if ((stats.mode & 0o177) !== 0) fchmodSync(file, PRIVATE)
    return new Uint8Array(readFileSync(file))
  } finally {
    closeSync(file)
  }
}

export async function removePrivateFile(path: string): Promise<void> {
  await rm(path, { force: true })
  await syncFolder(dirname(path))
}

/** What a disk says of itself: true of every file on it, and no fault of this one. */
const OF_THE_DISK: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO'])

export const isDiskFailure = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && OF_THE_DISK.has(error.code)

async function syncFolder(folder: string): Promise<void> {
  // Windows neither opens folders nor needs it.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
