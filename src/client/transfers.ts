// Files under way: which go up, who waits for one to come down, and what to do when the line is
// cut. How a file is sealed and written: upload.ts, download.ts.

import type { CryptoEnv } from '../crypto/primitives.ts'
import type { AttachmentRow, Store } from '../store/port.ts'
import { ClientError } from './api.ts'
import type { Clock, Timer } from './clock.ts'
import type { Driver } from './driver.ts'
import { toClientError } from './errors.ts'
import type { Http } from './http.ts'
import type { LiveEvent } from './service.ts'
import { forgetUpload } from './transfer-place.ts'

interface TransferPorts {
  readonly env: CryptoEnv
  readonly clock: Clock
  readonly store: Store
  readonly driver: Driver
  readonly http: () => Promise<Http>
  readonly tell: (event: LiveEvent) => void
  /** Somebody wants the network now. */
  readonly wanted: () => boolean
}

export interface Transfers {
  /** Takes up what waits to go up. Cheap when nothing does. */
  resume(): void
  /** Returns where the file is now. */
  download(row: AttachmentRow, output: string, signal: AbortSignal): Promise<string>
  close(): Promise<void>
}

/** Two at a time keep a slow line busy and a small file from waiting behind a large one. */
const MAX_UPLOADS = 2
const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 15_000
/** Cuts without any progress between them, after which a download gives up. */
const MAX_CUTS = 5

export function openTransfers(ports: TransferPorts): Transfers {
  const stop = new AbortController()
  const running = new Map<string, Promise<void>>()
  let failures = 0
  let retry: Timer | undefined

  const resume = (): void => {
    if (stop.signal.aborted || !ports.wanted()) return
    for (const row of ports.store.uploads()) {
      if (running.size >= MAX_UPLOADS) return
      if (!running.has(row.id))
        running.set(
          row.id,
          send(row).finally(() => running.delete(row.id)),
        )
    }
  }
  const send = async (row: AttachmentRow): Promise<void> => {
    try {
      const { upload } = await import('./upload.ts')
      const uploaded = await upload(await parts(row, 'up', stop.signal), row)
      await ports.driver.submit({ kind: 'attachmentUploaded', id: row.id, ...uploaded })
      forgetUpload(ports.store, row.id)
      failures = 0
      queueMicrotask(resume)
    } catch (error) {
      await failed(row, error)
    }
  }
  const failed = async (row: AttachmentRow, error: unknown): Promise<void> => {
    if (stop.signal.aborted) return
    const known = toClientError(error)
    if (isCut(known)) {
      retry?.cancel()
      retry = ports.clock.after(Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS), resume)
      failures += 1
      return
    }
    const isChanged = error instanceof Error && error.name === 'FileChanged'
    const reason = isChanged ? 'file_changed' : known.code
    await ports.driver.submit({ kind: 'uploadFailed', id: row.id, reason })
  }
  const parts = async (row: AttachmentRow, direction: 'up' | 'down', signal: AbortSignal) => ({
    primitives: ports.env.primitives,
    store: ports.store,
    clock: ports.clock,
    http: await ports.http(),
    signal,
    progress: (done: number, total: number) => {
      const { id, message, name } = row
      ports.tell({ v: 1, type: 'progress', id, message, name, direction, done, total })
    },
  })

  return {
    resume,
    async download(row, output, signal) {
      const both = AbortSignal.any([signal, stop.signal])
      const { download } = await import('./download.ts')
      const { destination } = await import('./saved-file.ts')
      const where = await destination(output, row.name)
      let far = 0
      let cuts = 0
      for (;;) {
        try {
          const down = await parts(row, 'down', both)
          const progress = (done: number, total: number): void => {
            if (done > far) cuts = 0
            far = Math.max(far, done)
            down.progress(done, total)
          }
          const path = await download({ ...down, progress }, row, where)
          const saved = { id: row.id, state: 'saved', transferred: row.transferred, path } as const
          await ports.driver.submit({ kind: 'attachmentChanged', ...saved })
          return path
        } catch (error) {
          both.throwIfAborted()
          cuts += 1
          if (!isCut(toClientError(error)) || cuts > MAX_CUTS) throw error
          await pause(ports.clock, FIRST_RETRY_MS * 2 ** cuts, both)
        }
      }
    },
    async close() {
      stop.abort(new ClientError('timeout', 'The transfer goes on later.'))
      retry?.cancel()
      await Promise.allSettled(running.values())
    },
  }
}

/** What comes again by itself: the line, a busy server, a full one. */
const isCut = ({ code }: ClientError): boolean =>
  code === 'network' || code === 'server' || code === 'timeout' || code === 'rate_limited'

const pause = (clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(milliseconds, resolve)
    signal.addEventListener(
      'abort',
      () => {
        timer.cancel()
        reject(signal.reason)
      },
      { once: true },
    )
  })
