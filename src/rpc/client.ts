// The façade seen through JSON-RPC: what a bot in TypeScript uses over the pipes of `sotto rpc`.

import type { Readable, Writable } from 'node:stream'
import {
  type Client,
  ClientError,
  type EventJson,
  type MessageJson,
  type MethodName,
  type Params,
  type Result,
} from '../client/api.ts'
import { errorFromJson, toClientError } from '../client/errors.ts'
import { LinkLost, openRpcLink, RpcError } from '../client/json-rpc-client.ts'

type Listener = (event: MessageJson | EventJson) => void

/** @public */
export function rpcClient(input: Readable, output: Writable): Client {
  const listeners = new Set<Listener>()
  const link = openRpcLink(input, output, {
    notification: (method, params) => {
      if (method !== 'event') return
      for (const listener of [...listeners]) listener(params as unknown as EventJson)
    },
    lost: () => listeners.clear(),
  })
  return {
    async call<M extends MethodName>(method: M, params: Params<M>, signal?: AbortSignal) {
      try {
        return (await link.call(method, params, signal)) as Result<M>
      } catch (error) {
        throw translated(error)
      }
    },
    subscribe(listener) {
      if (listeners.size === 0) link.call('subscribe', {}).catch(() => listeners.clear())
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    close() {
      link.close()
      return Promise.resolve()
    },
  }
}

function translated(error: unknown): ClientError {
  if (error instanceof LinkLost) {
    return new ClientError('network', 'The other end of the pipe is gone.')
  }
  if (error instanceof RpcError && error.failure.data !== undefined) {
    return errorFromJson(error.failure.data)
  }
  if (error instanceof RpcError) return new ClientError('usage', 'The call was not understood.')
  return toClientError(error)
}
