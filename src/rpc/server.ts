// The façade as JSON-RPC 2.0 over any duplex: a method is a command's name, its parameters the
// command's long options in camelCase. `subscribe` turns live `event` notifications on.

import type { Readable, Writable } from 'node:stream'
import type { Client } from '../client/api.ts'
import { errorJson, toClientError } from '../client/errors.ts'
import {
  CALL_FAILED,
  failure,
  INVALID_PARAMS,
  METHOD_NOT_FOUND,
  type RpcId,
  type RpcReply,
  type RpcRequest,
} from '../client/json-rpc.ts'
import { serveJsonRpc } from '../client/json-rpc-server.ts'
import { isMethodName } from '../client/params.ts'

/** Resolves when the other side hung up. */
export function serveRpc(client: Client, input: Readable, output: Writable): Promise<void> {
  let unsubscribe: (() => void) | undefined
  return new Promise((resolve) => {
    const conversation = serveJsonRpc(input, output, {
      patient: true,
      answer: async (request, signal) => {
        const id = request.id ?? null
        if (request.method === 'subscribe') {
          unsubscribe ??= client.subscribe((event) => conversation.notify('event', { ...event }))
          return { kind: 'result', id, result: {} }
        }
        return answer(client, request, id, signal)
      },
      closed: () => {
        unsubscribe?.()
        resolve()
      },
    })
  })
}

async function answer(
  client: Client,
  request: RpcRequest,
  id: RpcId,
  signal: AbortSignal,
): Promise<RpcReply> {
  const { method, params } = request
  if (!isMethodName(method)) return failure(id, METHOD_NOT_FOUND, 'there is no such method')
  try {
    // The façade checks parameters itself: it trusts its local callers no more than these.
    return { kind: 'result', id, result: await client.call(method, params as never, signal) }
  } catch (error) {
    const known = toClientError(error)
    const code = known.code === 'usage' ? INVALID_PARAMS : CALL_FAILED
    return failure(id, code, known.message, errorJson(known))
  }
}
