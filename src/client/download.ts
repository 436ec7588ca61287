// One file on its way down: each chunk is authentic before it is written, the whole is the very
// one of the message before it gets a name (P6). A cut goes on behind the last checkpoint.

import type { FileHandle } from 'node:fs/promises'
import { rm } from 'node:fs/promises'
import { AttachmentCipher, type AttachmentPlace, CHUNK_BYTES } from '../crypto/attachment.ts'
import { CryptoError, type Primitives } from '../crypto/primitives.ts'
import type { AttachmentRow, Store } from '../store/port.ts'
import { ClientError } from './api.ts'
import type { Clock, Timer } from './clock.ts'
import type { Http } from './http.ts'
import { type Destination, openPart, partPath, place as placeFile } from './saved-file.ts'
import { downloadState, forgetDownload, keepDownload } from './transfer-place.ts'

interface DownloadPorts {
  readonly primitives: Primitives
  readonly store: Store
  readonly http: Http
  readonly clock: Clock
  readonly progress: (done: number, total: number) => void
  readonly signal: AbortSignal
}

/** 4 MiB between two checkpoints: what a kill costs at most. */
const CHUNKS_PER_CHECKPOINT = 64

/** For one chunk, 64 KiB: slower than any line, and a server that gives a byte now and then to keep
 *  somebody waiting. Then it is a cut like another. */
const CHUNK_MS = 120_000

const damaged = (): ClientError =>
  new ClientError('file', 'The file is not the one that was sent; nothing was saved.')

/** Returns the path of the saved file. */
export async function download(
  ports: DownloadPorts,
  row: AttachmentRow,
  where: Destination,
): Promise<string> {
  const { blob, digest } = row
  if (blob === undefined || digest === undefined) {
    throw new ClientError('not_found', 'This file is not on the server.')
  }
  const cipher = new AttachmentCipher(ports.primitives, row.key, row.size)
  const path = partPath(where, row.id)
  const { file, from } = await openedPart(ports.store, cipher, row.id, path)
  try {
    const end = await fetchChunks({ ...ports, id: row.id, path, file, cipher }, blob, from)
    cipher.finish(end, digest)
    await file.truncate(row.size)
    await file.sync()
    const saved = await placeFile(path, where)
    forgetDownload(ports.store, row.id)
    return saved
  } catch (error) {
    const isFalse = error instanceof CryptoError
    // What was false is not gone on with, and where nothing stands there is nothing to go on with.
    if (isFalse || downloadState(ports.store, row.id)?.place === undefined) {
      forgetDownload(ports.store, row.id)
      await rm(path, { force: true })
    }
    throw isFalse ? damaged() : error
  } finally {
    cipher.wipe()
    await file.close()
  }
}

interface Run extends DownloadPorts {
  readonly id: string
  readonly path: string
  readonly file: FileHandle
  readonly cipher: AttachmentCipher
}

async function openedPart(
  store: Store,
  cipher: AttachmentCipher,
  id: string,
  path: string,
): Promise<{ readonly file: FileHandle; readonly from: AttachmentPlace }> {
  const known = downloadState(store, id)
  if (known?.place !== undefined && known.path === path) {
    const file = await openPart(path, true)
    if (file !== undefined) {
      const { size } = await file.stat()
      const needed = Math.min(known.place.index * CHUNK_BYTES, cipher.layout.size)
      if (size >= needed) return { file, from: known.place }
      await file.close()
    }
  }
  const file = await openPart(path, false)
  if (file === undefined) throw new Error('a new part opens or fails')
  keepDownload(store, id, { path, place: undefined })
  return { file, from: cipher.start }
}

async function fetchChunks(
  run: Run,
  blob: string,
  start: AttachmentPlace,
): Promise<AttachmentPlace> {
  const { cipher, http, signal } = run
  if (start.index === cipher.layout.chunks) return start
  const offset = start.index === 0 ? 0 : cipher.sealedOffset(start.index)
  const response = await http.stream('readBlob', {
    path: { blob },
    headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
    signal,
  })
  if (offset > 0 && response.statusCode !== 206) {
    response.destroy()
    throw new ClientError('server', 'The server gave an answer that is no use.')
  }
  const watch = watching(run.clock, () => response.destroy(cut()))
  try {
    return await takeChunks(run, start, { response, watch, headerDue: offset === 0 })
  } finally {
    watch.cancel()
  }
}

interface Watch {
  again(): void
  cancel(): void
}

function watching(clock: Clock, late: () => void): Watch {
  let timer: Timer | undefined
  const cancel = (): void => timer?.cancel()
  const again = (): void => {
    cancel()
    timer = clock.after(CHUNK_MS, late)
  }
  again()
  return { again, cancel }
}

interface Coming {
  readonly response: AsyncIterable<Buffer>
  readonly watch: Watch
  readonly headerDue: boolean
}

async function takeChunks(
  run: Run,
  start: AttachmentPlace,
  { response, watch, headerDue: begins }: Coming,
): Promise<AttachmentPlace> {
  const { cipher } = run
  const { chunks, sealedSize } = cipher.layout
  const queue = new ByteQueue()
  let headerDue = begins
  let place = start
  for await (const bytes of response) {
    queue.push(bytes)
    if (headerDue && queue.length >= cipher.header.length) {
      cipher.checkHeader(queue.take(cipher.header.length))
      headerDue = false
    }
    while (!headerDue && place.index < chunks && queue.length >= cipher.sealedLength(place.index)) {
      place = await writeChunk(run, place, queue.take(cipher.sealedLength(place.index)))
      watch.again()
      run.progress(
        place.index === chunks ? sealedSize : cipher.sealedOffset(place.index),
        sealedSize,
      )
    }
    // Behind its last chunk a file has nothing: who goes on would only fill our memory.
    if (place.index === chunks && queue.length > 0) {
      throw new CryptoError('not_authentic', 'attachment end')
    }
  }
  if (place.index < chunks) throw cut()
  return place
}

const cut = (): Error => Object.assign(new Error('cut'), { code: 'ECONNRESET' })

async function writeChunk(
  run: Run,
  at: AttachmentPlace,
  sealed: Uint8Array,
): Promise<AttachmentPlace> {
  const { data, next } = run.cipher.open(at, sealed)
  await run.file.write(data, 0, data.length, at.index * CHUNK_BYTES)
  if (next.index % CHUNKS_PER_CHECKPOINT === 0) {
    await run.file.sync()
    keepDownload(run.store, run.id, { path: run.path, place: next })
  }
  return next
}

/** Bytes as they come, given out in the sizes that are wanted. */
class ByteQueue {
  #parts: Uint8Array[] = []
  length = 0

  push(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.length += bytes.length
  }

  take(count: number): Uint8Array {
    const whole = Buffer.concat(this.#parts)
    const rest = whole.subarray(count)
    this.#parts = rest.length === 0 ? [] : [rest]
    this.length = rest.length
    return new Uint8Array(whole.subarray(0, count))
  }
}
