// A profile that another process holds, seen through its control socket.

import type { Socket } from 'node:net'
import { ClientError } from './api.ts'
import { dialControl } from './control-socket.ts'
import { errorFromJson } from './errors.ts'
import { CONTROL_VERSION, HANDED_OVER } from './holder.ts'
import { CALL_FAILED } from './json-rpc.ts'
import { LinkLost, openRpcLink, RpcError, type RpcLink } from './json-rpc-client.ts'
import type { ProfilePaths } from './paths.ts'
import type { LiveEvent } from './service.ts'

export interface Attached {
  /** Fails with ClientError, or with LinkLost when the holder went away before it answered. */
  call(name: string, params: object, signal?: AbortSignal): Promise<unknown>
  close(): void
}

export interface AttachHandlers {
  readonly event: (event: LiveEvent) => void
  readonly lost: () => void
}

/** Undefined when nobody holds the profile, or its holder is just leaving. */
export async function attach(
  paths: ProfilePaths,
  handlers: AttachHandlers,
): Promise<Attached | undefined> {
  const peer = await dialControl(paths)
  if (peer === undefined) return undefined
  const link = openLink(peer.socket, handlers)
  try {
    await link.call('hello', { v: CONTROL_VERSION, cookie: peer.cookie })
  } catch (error) {
    link.close()
    if (error instanceof LinkLost) return undefined
    throw otherBuild(error)
  }
  return {
    call: (name, params, signal) => translate(link.call(name, params, signal)),
    close: () => link.close(),
  }
}

const openLink = (socket: Socket, handlers: AttachHandlers): RpcLink =>
  openRpcLink(socket, socket, {
    notification: (method, params) => {
      if (method === 'event') handlers.event(params as unknown as LiveEvent)
    },
    lost: handlers.lost,
  })

async function translate(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    if (error.failure.code === HANDED_OVER) throw new LinkLost()
    if (error.failure.code === CALL_FAILED) throw errorFromJson(error.failure.data)
    throw new ClientError('bug', 'The process that holds the profile did not understand.')
  }
}

const otherBuild = (error: unknown): unknown =>
  error instanceof RpcError
    ? new ClientError('not_allowed', 'Another version of sotto holds this profile.', {
        hint: 'sotto daemon stop',
      })
    : error
