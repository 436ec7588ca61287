// Blobs that are past their time go, row first: a crash in between leaves bytes that nobody can
// name, and the next start finds those.

import type { BlobId } from '../src/protocol/ids.ts'
import type { BlobStore } from './blobs/port.ts'
import type { DirectoryStorage } from './storage/directory-port.ts'

const AT_ONCE = 200

export async function sweepBlobs(storage: DirectoryStorage, blobs: BlobStore): Promise<number> {
  let swept = 0
  for (;;) {
    const expired = await storage.takeExpiredBlobs(AT_ONCE)
    for (const blob of expired) await blobs.remove(blob)
    swept += expired.length
    if (expired.length < AT_ONCE) return swept
  }
}

/** Before anybody can upload: what has no row then never gets one. */
export async function removeOrphans(storage: DirectoryStorage, blobs: BlobStore): Promise<number> {
  const orphans: BlobId[] = []
  for await (const blob of blobs.all()) {
    if ((await storage.blob(blob)) === undefined) orphans.push(blob)
  }
  for (const blob of orphans) await blobs.remove(blob)
  return orphans.length
}
