// Answers JSON-RPC on one duplex. It knows lines, ids and order, not what a method means.

import type { Readable, Writable } from 'node:stream'
import { readLines, writeLine } from './json-lines.ts'
import {
  failure,
  INVALID_REQUEST,
  type RpcReply,
  type RpcRequest,
  readRequests,
  writeReplies,
  writeReply,
  writeRequest,
} from './json-rpc.ts'

interface RpcService {
  /** Never rejects: a failure is a reply too. */
  answer(request: RpcRequest, signal: AbortSignal): Promise<RpcReply>
  /** The first line decides; `false` ends the conversation after its reply (a wrong cookie). */
  admit?(request: RpcRequest | undefined): RpcReply | 'admitted' | 'refused'
  /** Who ended its input may still read: open calls are answered first. */
  readonly patient?: true
  closed(): void
}

export interface RpcConversation {
  notify(method: string, params: Readonly<Record<string, unknown>>): void
  /** Calls that were not answered yet. */
  readonly pending: number
  close(): void
}

/** A request is at most a full text, its options and some paths. */
const MAX_REQUEST_BYTES = 1024 * 1024
/** Beyond this many unanswered calls a peer is refused until some are done. */
const MAX_PENDING = 256
/** A pipe that ended may be all that is left of a caller that died: nobody waits for ever. */
const LAST_ANSWERS_MS = 10_000

export function serveJsonRpc(
  input: Readable,
  output: Writable,
  service: RpcService,
): RpcConversation {
  const calls = new Map<RpcRequest, AbortController>()
  let admitted = service.admit === undefined
  let open = true
  let heardAll = false
  /** That are being answered. */
  let lines = 0

  const close = (): void => {
    if (!open) return
    open = false
    stop()
    for (const controller of calls.values()) controller.abort()
    output.end()
    service.closed()
  }
  const run = async (request: RpcRequest): Promise<RpcReply> => {
    if (request.method === 'cancel') return cancel(request)
    if (calls.size >= MAX_PENDING) {
      return failure(request.id ?? null, INVALID_REQUEST, 'too many calls at once')
    }
    const controller = new AbortController()
    calls.set(request, controller)
    try {
      return await service.answer(request, controller.signal)
    } finally {
      calls.delete(request)
    }
  }
  const ended = (reason: 'ended' | 'gone' | 'too_long' | 'not_text'): void => {
    heardAll = true
    if (service.patient !== true || reason !== 'ended' || lines === 0) close()
    else setTimeout(close, LAST_ANSWERS_MS).unref()
  }
  const cancel = (request: RpcRequest): RpcReply => {
    for (const [call, controller] of calls) {
      if (call.id !== undefined && call.id === request.params.id) controller.abort()
    }
    return { kind: 'result', id: request.id ?? null, result: {} }
  }
  const handle = async (line: string): Promise<void> => {
    lines += 1
    await reply(line)
    lines -= 1
    if (heardAll && lines === 0) close()
  }
  const reply = async (line: string): Promise<void> => {
    const { batch, items } = readRequests(line)
    const replies = await Promise.all(
      items.map(async (item) => {
        if ('refused' in item) return item.refused
        const reply = await run(item)
        return item.id === undefined ? undefined : reply
      }),
    )
    const due = replies.filter((reply) => reply !== undefined)
    const first = due[0]
    if (!open || first === undefined) return
    writeLine(output, batch ? writeReplies(due) : writeReply(first))
  }
  const admit = (line: string): void => {
    const { batch, items } = readRequests(line)
    const [first] = items
    const alone = !batch && first !== undefined && !('refused' in first)
    const request = alone ? first : undefined
    const verdict = service.admit?.(request) ?? 'refused'
    if (verdict === 'refused') {
      close()
      return
    }
    admitted = true
    if (verdict !== 'admitted') writeLine(output, writeReply(verdict))
  }
  output.on('error', close)
  const stop = readLines(input, MAX_REQUEST_BYTES, {
    line: (text) => (admitted ? void handle(text) : admit(text)),
    end: ended,
  })

  return {
    notify(method, params) {
      if (open && admitted) writeLine(output, writeRequest({ method, params }))
    },
    get pending() {
      return calls.size
    },
    close,
  }
}
