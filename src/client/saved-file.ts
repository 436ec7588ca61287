// A file that a peer sent, on its way into a folder of the user: under a hidden name until it is
// verified, then under its own, never over anything that is there (P4).

import { constants } from 'node:fs'
import { type FileHandle, link, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { numberedName, safeLocalName } from './file-name.ts'

const PRIVATE_FILE = 0o600
/** More files of one name than anybody keeps. */
const MAX_NUMBER = 10_000

export interface Destination {
  /** Real path of the folder. */
  readonly folder: string
  /** What the user wrote is kept to the letter; a peer's name may get a number. */
  readonly name: string
  readonly exact: boolean
}

/** `output` is a folder that is there, or the file to be. */
export async function destination(output: string, offered: string): Promise<Destination> {
  const isFolder = output.endsWith(sep) || (await folderAt(output))
  return isFolder
    ? { folder: await realpath(output), name: safeLocalName(offered), exact: false }
    : { folder: await realpath(dirname(output)), name: basename(output), exact: true }
}

async function folderAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

export const partPath = ({ folder }: Destination, id: string): string =>
  join(folder, `.sotto-${id}.part`)

/** A new part, or the one of an earlier attempt. A link in its place is an error, not a way out. */
export async function openPart(path: string, resume: boolean): Promise<FileHandle | undefined> {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  if (!resume) {
    await rm(path, { force: true })
    return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE_FILE)
  }
  try {
    return await open(path, O_RDWR | O_NOFOLLOW)
  } catch {
    return undefined
  }
}

/** Gives the verified part its name; returns the path. */
export async function place(part: string, where: Destination): Promise<string> {
  for (let number = 0; number < MAX_NUMBER; number += 1) {
    const path = join(where.folder, where.exact ? where.name : numberedName(where.name, number))
    try {
      await moveNew(part, path)
      return path
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
      if (!taken || where.exact) throw error
    }
  }
  throw Object.assign(new Error('no free name'), { code: 'EEXIST' })
}

/** Fails with EEXIST rather than replace. A hard link does that atomically. */
async function moveNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    // A file system without links: our own empty file keeps the place for the rename.
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
    const holder = await open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE_FILE)
    await holder.close()
    await rename(from, to)
    return
  }
  await rm(from)
}
