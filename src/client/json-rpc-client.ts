// Calls over one duplex. When the other side goes away, every open call fails with `LinkLost`,
// and whoever called decides whether to call again elsewhere.

import type { Readable, Writable } from 'node:stream'
import { readLines, writeLine } from './json-lines.ts'
import { type RpcFailure, readIncoming, writeRequest } from './json-rpc.ts'

/** A page of history with its attachments; the other side is ourselves, so this is a fuse only. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024

export class LinkLost extends Error {
  constructor() {
    super('the connection to the process that holds the profile ended')
    this.name = 'LinkLost'
  }
}

export class RpcError extends Error {
  readonly failure: RpcFailure

  constructor(failure: RpcFailure) {
    super(failure.message)
    this.name = 'RpcError'
    this.failure = failure
  }
}

export interface RpcLink {
  call(method: string, params: object, signal?: AbortSignal): Promise<unknown>
  close(): void
}

interface LinkHandlers {
  readonly notification: (method: string, params: Readonly<Record<string, unknown>>) => void
  readonly lost: () => void
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export function openRpcLink(input: Readable, output: Writable, handlers: LinkHandlers): RpcLink {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let open = true

  const lose = (): void => {
    if (!open) return
    open = false
    stop()
    for (const { reject } of waiting.values()) reject(new LinkLost())
    waiting.clear()
    output.destroy()
    handlers.lost()
  }
  // The other side could not read one of our lines, and cannot say which: nobody waits for ever.
  const refuse = (error: RpcError): void => {
    const all = [...waiting.values()]
    waiting.clear()
    for (const { reject } of all) reject(error)
  }
  const take = (line: string): void => {
    const message = readIncoming(line)
    if (message === undefined) {
      lose()
      return
    }
    if (message.kind === 'notification') {
      handlers.notification(message.method, message.params)
      return
    }
    if (message.kind === 'error' && message.id === null) {
      refuse(new RpcError(message.error))
      return
    }
    const call = typeof message.id === 'number' ? waiting.get(message.id) : undefined
    if (call === undefined) return
    waiting.delete(message.id as number)
    if (message.kind === 'result') call.resolve(message.result)
    else call.reject(new RpcError(message.error))
  }
  output.on('error', lose)
  const stop = readLines(input, MAX_REPLY_BYTES, { line: take, end: lose })

  return {
    call: (method, params, signal) =>
      new Promise((resolve, reject) => {
        if (!open || signal?.aborted) {
          reject(open ? signal?.reason : new LinkLost())
          return
        }
        lastId += 1
        const id = lastId
        const cancel = (): void => {
          if (!waiting.delete(id)) return
          writeLine(output, writeRequest({ method: 'cancel', params: { id } }))
          reject(signal?.reason)
        }
        const settled = (): void => signal?.removeEventListener('abort', cancel)
        signal?.addEventListener('abort', cancel, { once: true })
        waiting.set(id, {
          resolve: (value) => {
            settled()
            resolve(value)
          },
          reject: (error) => {
            settled()
            reject(error)
          },
        })
        writeLine(output, writeRequest({ id, method, params: { ...params } }))
      }),
    close: lose,
  }
}
