// Blobs as files: `incoming/ID` while they grow, then renamed to `XX/ID` after a sync. Names come
// from parsed ids only, so none can lead out of the folder.

import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type BlobId, isUuid } from '../../src/protocol/ids.ts'
import { makePrivateFolder, synced } from '../private-files.ts'
import type { AppendedBytes, BlobPart, BlobStore } from './port.ts'

const INCOMING = 'incoming'
/** So much may be lost of an upload that a power failure ends; it is sent again. */
const SYNC_EVERY_BYTES = 16 * 1024 * 1024

export class DiskBlobs implements BlobStore {
  readonly #folder: string
  /** Uploads under way: two writers would mix their bytes. */
  readonly #writing = new Set<BlobId>()

  constructor(folder: string) {
    this.#folder = folder
    makePrivateFolder(folder)
    makePrivateFolder(join(folder, INCOMING))
  }

  async received(blob: BlobId): Promise<number> {
    return (await sizeOf(this.#final(blob))) ?? (await sizeOf(this.#growing(blob))) ?? 0
  }

  async append(blob: BlobId, part: BlobPart): Promise<AppendedBytes> {
    if (this.#writing.has(blob)) return { kind: 'conflict' }
    this.#writing.add(blob)
    try {
      if ((await this.received(blob)) !== part.from) return { kind: 'conflict' }
      return await this.#write(blob, part)
    } finally {
      this.#writing.delete(blob)
    }
  }

  async #write(blob: BlobId, part: BlobPart): Promise<AppendedBytes> {
    const file = await open(this.#growing(blob), 'a', 0o600)
    try {
      await copy(file, part)
      await file.sync()
      return { kind: 'written', received: (await file.stat()).size }
    } catch (error) {
      if (isNoRoom(error)) return { kind: 'full' }
      // The sender went away: what came is kept, so that it can go on from there.
      await file.sync()
      throw error
    } finally {
      await file.close()
    }
  }

  async finish(blob: BlobId): Promise<void> {
    if ((await sizeOf(this.#final(blob))) !== undefined) return
    const shelf = join(this.#folder, shelfOf(blob))
    makePrivateFolder(shelf)
    const file = await open(this.#growing(blob), 'a', 0o600)
    await file.sync()
    await file.close()
    await rename(this.#growing(blob), this.#final(blob))
    synced(shelf)
    synced(this.#folder)
  }

  read(blob: BlobId, from: number, to: number): AsyncIterable<Uint8Array> {
    // `end` is the last byte; an empty span has none.
    if (to <= from) return nothing()
    return createReadStream(this.#final(blob), { start: from, end: to - 1 })
  }

  async remove(blob: BlobId): Promise<void> {
    await rm(this.#growing(blob), { force: true })
    await rm(this.#final(blob), { force: true })
  }

  async *all(): AsyncIterable<BlobId> {
    for (const shelf of await readdir(this.#folder)) {
      for (const name of await readdir(join(this.#folder, shelf))) {
        if (isUuid(name)) yield name as BlobId
      }
    }
  }

  #growing(blob: BlobId): string {
    return join(this.#folder, INCOMING, blob)
  }

  #final(blob: BlobId): string {
    return join(this.#folder, shelfOf(blob), blob)
  }
}

/** 256 folders keep each one small. */
const shelfOf = (blob: BlobId): string => blob.slice(0, 2)

async function copy(file: FileHandle, { length, source }: BlobPart): Promise<void> {
  let left = length
  let unsynced = 0
  for await (const chunk of source) {
    const taken = chunk.subarray(0, left)
    left -= taken.length
    for (let done = 0; done < taken.length; ) {
      done += (await file.write(taken, done, taken.length - done)).bytesWritten
    }
    unsynced += taken.length
    if (unsynced >= SYNC_EVERY_BYTES) {
      await file.sync()
      unsynced = 0
    }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const isNoRoom = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')

async function* nothing(): AsyncIterable<Uint8Array> {}
