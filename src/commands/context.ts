// What a command is given: where to print, whom to call, when to stop.

import type { AccountJson, Client, MethodName, Params, Result } from '../client/api.ts'
import type { PassphraseOptions, ProfileOptions } from '../client/client.ts'
import { safe } from '../protocol/safe-text.ts'
import type { Globals } from './globals.ts'
import type { Output } from './output.ts'
import type { World } from './world.ts'

interface Registration {
  readonly name: string
  readonly server: string
  readonly invite?: string
  readonly deviceName?: string
  /** The screen asks for these itself. */
  readonly keychain?: 'os' | 'file'
  readonly passphrase?: string
}

interface OpenOptions {
  /** Keep the connection and the profile: a daemon, a conversation. */
  readonly serve?: boolean
  /** `--timeout` is the command's own, not that of opening. */
  readonly patient?: boolean
  readonly onStop?: () => void
  /** Never dial; or dial in any case. */
  readonly network?: 'offline' | 'soon'
  /** Never ask for a passphrase. */
  readonly silent?: true
  /** Who asks for one, in the place of a prompt. */
  readonly ask?: (fresh: boolean) => Promise<string>
}

export interface Context {
  readonly out: Output
  readonly globals: Globals
  readonly world: World
  /** Aborted by SIGINT, SIGTERM, and when the reader of stdout is gone. */
  readonly signal: AbortSignal
  /** Opened once, closed when the command is over. */
  client(options?: OpenOptions): Promise<Client>
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>
  register(registration: Registration): Promise<AccountJson>
  close(): Promise<void>
}

export function openContext(
  out: Output,
  globals: Globals,
  world: World,
  signal: AbortSignal,
): Context {
  let opened: Promise<Client> | undefined
  const client = (options: OpenOptions = {}): Promise<Client> => {
    if (opened !== undefined) return opened
    const opening = world.openClient({
      ...profileOptions({ out, globals, world, signal }, options),
      serve: options.serve === true,
      ...(options.onStop === undefined ? {} : { onStop: options.onStop }),
    })
    opened = opening
    // What failed may be tried again, with another passphrase.
    opening.catch(() => {
      if (opened === opening) opened = undefined
    })
    return opening
  }
  return {
    out,
    globals,
    world,
    signal,
    client,
    call: async (method, params) => (await client()).call(method, params, signal),
    register: ({ passphrase, ...registration }) =>
      world.registerProfile({
        ...profileOptions(
          { out, globals, world, signal },
          passphrase === undefined ? {} : { ask: async () => passphrase },
        ),
        serve: false,
        ...registration,
      }),
    async close() {
      if (opened === undefined) return
      // Opening that failed has been told already.
      const client = await opened.catch(() => undefined)
      await client?.close()
    },
  }
}

type Surroundings = Pick<Context, 'out' | 'globals' | 'world' | 'signal'>

function profileOptions(
  surroundings: Surroundings,
  options: OpenOptions,
): Omit<ProfileOptions, 'serve'> {
  const { globals } = surroundings
  return {
    profile: globals.profile,
    passphrase: passphraseOptions(surroundings, options),
    ...(options.network === undefined ? {} : { network: options.network }),
    ...(globals.home === undefined ? {} : { home: globals.home }),
    ...(globals.keychain === undefined ? {} : { keychain: globals.keychain }),
    ...(globals.timeout === undefined || options.patient === true
      ? {}
      : { timeout: globals.timeout }),
  }
}

function passphraseOptions(
  surroundings: Surroundings,
  { ask, silent }: OpenOptions,
): PassphraseOptions {
  const { globals, world } = surroundings
  const { env, stderr } = world
  const { passphraseFile, passphraseFd, passphraseCommand } = globals
  return {
    ...(env.SOTTO_PASSPHRASE === undefined ? {} : { environment: env.SOTTO_PASSPHRASE }),
    ...(passphraseFile === undefined ? {} : { file: passphraseFile }),
    ...(passphraseFd === undefined ? {} : { fd: passphraseFd }),
    ...(passphraseCommand === undefined ? {} : { command: passphraseCommand }),
    ...(env.CREDENTIALS_DIRECTORY === undefined ? {} : { credentials: env.CREDENTIALS_DIRECTORY }),
    ...(ask !== undefined
      ? { ask }
      : silent !== true && stderr.isTTY === true && world.stdin.isTTY === true
        ? { ask: (fresh: boolean) => askPassphrase(surroundings, fresh) }
        : {}),
  }
}

/** A new one twice, until both are the same. */
async function askPassphrase(
  { out, world, signal }: Surroundings,
  fresh: boolean,
): Promise<string> {
  // Lazy: a script is never asked.
  const { withoutEcho } = await import('./prompt.ts')
  return withoutEcho(out, world, signal, async (ask) => {
    if (!fresh) return ask(safe`Passphrase: `)
    for (;;) {
      const first = await ask(safe`New passphrase: `)
      const second = await ask(safe`The same again: `)
      if (first === second && first !== '') return first
      out.note(first === '' ? safe`It may not be empty.` : safe`They differ.`)
    }
  })
}
