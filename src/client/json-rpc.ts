// JSON-RPC 2.0 as values: what a message is, and nothing of who carries it.

import { jsonLine } from '../protocol/json-line.ts'
import { JsonError, parseStrictJson } from './strict-json.ts'

export type RpcId = string | number | null

export interface RpcRequest {
  /** Absent in a notification: nobody waits for an answer. */
  readonly id?: RpcId
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface RpcFailure {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

export type RpcReply =
  | { readonly kind: 'result'; readonly id: RpcId; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: RpcId; readonly error: RpcFailure }

/** What one line holds: one call or several, each whole or refused by itself. */
interface RpcBatch {
  readonly batch: boolean
  readonly items: readonly (RpcRequest | RpcRefusal)[]
}
interface RpcRefusal {
  readonly refused: RpcReply
}

const PARSE_ERROR = -32_700
export const INVALID_REQUEST = -32_600
export const METHOD_NOT_FOUND = -32_601
export const INVALID_PARAMS = -32_602
/** Ours: `data` is the façade's error object. */
export const CALL_FAILED = -32_000

/** One batch is one script's step; more is a mistake or an attack. */
const MAX_BATCH = 100

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isId = (value: unknown): value is RpcId =>
  value === null || typeof value === 'string' || typeof value === 'number'

export const failure = (id: RpcId, code: number, message: string, data?: unknown): RpcReply => ({
  kind: 'error',
  id,
  error: { code, message, ...(data === undefined ? {} : { data }) },
})

/** Total: whatever the line is, there is something to answer. */
export function readRequests(line: string): RpcBatch {
  let value: unknown
  try {
    value = parseStrictJson(line)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    return { batch: false, items: [{ refused: failure(null, PARSE_ERROR, error.message) }] }
  }
  if (!Array.isArray(value)) return { batch: false, items: [readRequest(value)] }
  if (value.length === 0 || value.length > MAX_BATCH) {
    const refused = failure(null, INVALID_REQUEST, `a batch has 1 to ${MAX_BATCH} calls`)
    return { batch: false, items: [{ refused }] }
  }
  return { batch: true, items: value.map(readRequest) }
}

function readRequest(value: unknown): RpcRequest | RpcRefusal {
  if (!isObject(value)) return { refused: failure(null, INVALID_REQUEST, 'not a request') }
  const { id, method, params } = value
  if (value.jsonrpc !== '2.0' || typeof method !== 'string' || !(id === undefined || isId(id))) {
    return { refused: failure(isId(id) ? id : null, INVALID_REQUEST, 'not a request') }
  }
  if (params !== undefined && !isObject(params)) {
    return { refused: failure(id ?? null, INVALID_PARAMS, 'params must be an object') }
  }
  return { method, params: params ?? {}, ...(id === undefined ? {} : { id }) }
}

type RpcIncoming =
  | RpcReply
  | { readonly kind: 'notification'; readonly method: string; readonly params: Fields }

/** What a client reads; undefined where the other side does not speak JSON-RPC. */
export function readIncoming(line: string): RpcIncoming | undefined {
  let value: unknown
  try {
    value = parseStrictJson(line)
  } catch {
    return undefined
  }
  if (!isObject(value) || value.jsonrpc !== '2.0') return undefined
  const { id, method, params, error } = value
  if (typeof method === 'string') {
    return { kind: 'notification', method, params: isObject(params) ? params : {} }
  }
  if (!isId(id)) return undefined
  if (isObject(error) && typeof error.code === 'number' && typeof error.message === 'string') {
    return {
      kind: 'error',
      id,
      error: { code: error.code, message: error.message, data: error.data },
    }
  }
  return 'result' in value ? { kind: 'result', id, result: value.result } : undefined
}

export const writeRequest = (request: RpcRequest): string =>
  jsonLine({ jsonrpc: '2.0', ...request })

const replyObject = (reply: RpcReply): Fields =>
  reply.kind === 'result'
    ? { jsonrpc: '2.0', id: reply.id, result: reply.result }
    : { jsonrpc: '2.0', id: reply.id, error: reply.error }

/** Escaped for a terminal too: `sotto rpc` may be typed on one. */
export const writeReply = (reply: RpcReply): string => jsonLine(replyObject(reply))
export const writeReplies = (replies: readonly RpcReply[]): string =>
  jsonLine(replies.map(replyObject))
