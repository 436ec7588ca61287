// From the words of the line to the server's options; what is not said stays unsaid, so that the
// server's own file and defaults decide.

import { resolve } from 'node:path'
import { ClientError } from '../../client/api.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'

const LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const

interface ServerFlags {
  readonly data?: string
  readonly listen?: string
  readonly adminListen?: string
  readonly registration?: string
  readonly database?: string
  readonly bus?: string
  readonly blobs?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly trustProxy?: readonly string[]
  readonly logLevel?: (typeof LEVELS)[number]
}

export function serverOptions(context: Context, input: Input): ServerFlags {
  const tlsCert = pathOf(context, input, 'tlsCert')
  const tlsKey = pathOf(context, input, 'tlsKey')
  if ('tlsCert' in tlsCert !== 'tlsKey' in tlsKey) {
    throw new ClientError('usage', '--tls-cert and --tls-key come together.')
  }
  const texts = (['listen', 'adminListen', 'registration', 'database', 'bus', 'blobs'] as const)
    .map((name) => [name, input.text(name)] as const)
    .filter(([, value]) => value !== undefined)
  const proxies = input.list('trustProxy')
  const level = input.choice('logLevel', LEVELS)
  return {
    ...Object.fromEntries(texts),
    ...pathOf(context, input, 'data'),
    ...tlsCert,
    ...tlsKey,
    ...(proxies.length === 0 ? {} : { trustProxy: proxies }),
    ...(level === undefined ? {} : { logLevel: level }),
  }
}

/** One option that is a path, absolute; nothing when it was not said. */
export function pathOf<N extends string>(
  { world }: Context,
  input: Input,
  name: N,
): { readonly [K in N]?: string } {
  const path = input.text(name)
  const named = { [name]: resolve(world.cwd, path ?? '') } as { readonly [K in N]?: string }
  return path === undefined ? {} : named
}
