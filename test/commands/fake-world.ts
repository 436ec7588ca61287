// A world for commands without a process: streams that are kept, and a client that answers from a
// table.

import { Readable, Writable } from 'node:stream'
import type { Client, MessageJson, MethodName, Params, Result } from '../../src/client/api.ts'
import type { ProfileOptions } from '../../src/client/client.ts'
import { run } from '../../src/commands/main.ts'
import type { World } from '../../src/commands/world.ts'

export type Answers = {
  readonly [M in MethodName]?: (params: Params<M>, signal?: AbortSignal) => unknown
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly calls: readonly { readonly method: string; readonly params: unknown }[]
  readonly opened: readonly ProfileOptions[]
  readonly closed: number
}

export interface FakeOptions {
  readonly answers?: Answers
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly cwd?: string
  readonly terminal?: boolean
  readonly signal?: AbortSignal
  readonly openClient?: World['openClient']
  readonly stdout?: Writable
}

/** A home that cannot be made: nothing of a fake run may reach a disk. */
export const NOWHERE = '/dev/null/sotto'

export const NOW = Date.UTC(2026, 10, 20, 12, 0, 0)

export async function runFake(argv: readonly string[], options: FakeOptions = {}): Promise<Ran> {
  const stdout = kept(options.terminal === true)
  const stderr = kept(options.terminal === true)
  const calls: { method: string; params: unknown }[] = []
  const opened: ProfileOptions[] = []
  let closed = 0
  const client: Client = {
    async call<M extends MethodName>(method: M, params: Params<M>, signal?: AbortSignal) {
      calls.push({ method, params })
      const answer = options.answers?.[method] as
        | ((params: Params<M>, signal?: AbortSignal) => unknown)
        | undefined
      if (answer === undefined) throw new Error(`nobody answers ${method}`)
      return (await answer(params, signal)) as Result<M>
    },
    subscribe: () => () => {},
    close: async () => {
      closed += 1
    },
  }
  const world: World = {
    env: { SOTTO_HOME: NOWHERE, ...options.env },
    cwd: options.cwd ?? '/desk',
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: options.stdout ?? stdout.stream,
    stderr: stderr.stream,
    now: () => NOW,
    self: ['node', 'sotto'],
    openClient:
      options.openClient ??
      (async (profile) => {
        opened.push(profile)
        return client
      }),
    registerProfile: async () => {
      throw new Error('not here')
    },
  }
  const code = await run(argv, world, options.signal ?? new AbortController().signal)
  return { code, stdout: stdout.text(), stderr: stderr.text(), calls, opened, closed }
}

function kept(terminal: boolean): { readonly stream: Writable; text(): string } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return {
    stream: Object.assign(stream, terminal ? { isTTY: true, columns: 80 } : {}),
    text: () => chunks.join(''),
  }
}

export const message = (fields: Partial<MessageJson> = {}): MessageJson => ({
  v: 1,
  type: 'message',
  id: '01934567-89ab-7def-8123-456789abcdef',
  cursor: 'c1',
  account: 'alice',
  chat: { id: '0193aaaa-0000-7000-8000-000000000000', kind: 'direct', name: 'bob' },
  from: { name: 'bob', device: 'laptop', verified: false },
  direction: 'in',
  sent_at: '2026-11-20T11:00:00.000Z',
  received_at: '2026-11-20T11:00:01.000Z',
  status: 'received',
  kind: 'text',
  body: 'hi',
  mentions: [],
  reply_to: null,
  edited_at: null,
  expires_at: null,
  attachments: [],
  reactions: [],
  ...fields,
})
