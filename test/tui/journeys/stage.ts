// A home for each person, and the real program in it on a virtual screen. Whoever is not looked at
// is played by this process, through the façade and over the same server.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client, EventJson, MessageJson } from '../../../src/client/api.ts'
import { openClient, type ProfileOptions, registerProfile } from '../../../src/client/client.ts'
import { PROGRAM } from '../../helpers/program.ts'
import { startServer, type TestServer } from '../../helpers/server.ts'
import { VirtualTerminal, type VirtualTerminalOptions } from '../virtual-terminal.ts'

interface ScreenShape extends Pick<VirtualTerminalOptions, 'columns' | 'rows' | 'heard'> {
  readonly env?: Readonly<Record<string, string>>
  /** Options of Node itself, in front of the program. */
  readonly node?: readonly string[]
}

/** Nothing is given in the environment: the screen asks. */
export const ASKING = { SOTTO_KEYCHAIN: '', SOTTO_PASSPHRASE: '' }

/** Far longer than anything takes here. */
const PATIENCE_MS = 20_000

export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'sotto-screen-'))
  readonly #screens: VirtualTerminal[] = []
  readonly #clients = new Map<string, Client>()
  #server: TestServer | undefined
  #keys = 0
  readonly #url: string | undefined

  /** Over a server of its own, unless one is given. */
  constructor(url?: string) {
    this.#url = url
  }

  async server(): Promise<TestServer> {
    this.#server ??= await startServer({ registration: 'open' })
    return this.#server
  }

  /** The passphrase is the name: what one types on the screen is no secret in a test. */
  env(name: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const home = join(this.folder, name)
    mkdirSync(home, { recursive: true })
    const env = {
      HOME: home,
      TMPDIR: home,
      SOTTO_KEYCHAIN: 'file',
      SOTTO_PASSPHRASE: name,
      TERM: 'xterm-256color',
      // The runtime's own cache of compiled code is no trace of a conversation.
      NODE_DISABLE_COMPILE_CACHE: '1',
      ...more,
    }
    return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  }

  /** Where the program keeps its profiles in that home. */
  home(name: string): string {
    return join(this.folder, name, '.local/share/sotto')
  }

  async registered(...names: readonly string[]): Promise<void> {
    const url = this.#url ?? (await this.server()).url
    // Side by side: most of it is the derivation of keys, on a thread of its own.
    await Promise.all(
      names.map((name) => {
        this.env(name)
        const about = { name, server: url, deviceName: 'laptop' }
        return registerProfile({ ...this.options(name), ...about })
      }),
    )
  }

  /** Holds the profile in this process: a screen of the same person attaches to it. */
  async client(name: string): Promise<Client> {
    const known = this.#clients.get(name)
    if (known !== undefined) return known
    const opened = await openClient(this.options(name))
    this.#clients.set(name, opened)
    return opened
  }

  /** The next process that opens the profile holds it. */
  async letGo(name: string): Promise<void> {
    await this.#clients.get(name)?.close()
    this.#clients.delete(name)
  }

  /** Both have each other as contacts. */
  async befriended(one: string, other: string): Promise<void> {
    const [asks, accepts] = await Promise.all([this.client(one), this.client(other)])
    await asks.call('contact.add', { name: other })
    await this.heard(other, 'contact_request')
    await accepts.call('contact.accept', { name: one })
    await this.heard(one, 'contact_accepted')
  }

  /** Sent by this process in the name of that person; resolves with the message's id. */
  async send(from: string, to: string, text: string, more: object = {}): Promise<string> {
    this.#keys += 1
    // Before anything is waited for: two that are under way are two messages.
    const idempotencyKey = `stage ${this.#keys}`
    const { results } = await (await this.client(from)).call('send', {
      to: [to],
      text,
      idempotencyKey,
      ...more,
    })
    const message = results[0]?.message
    if (message === undefined) throw new Error(`not sent: ${JSON.stringify(results)}`)
    return message.id
  }

  /** The bodies of what that person got since this was last asked, at least one. */
  async got(name: string): Promise<readonly string[]> {
    for (;;) {
      const messages = (await this.heard(name, 'message')).filter(
        ({ direction }) => direction === 'in',
      )
      if (messages.length > 0) return messages.map(({ body }) => String(body))
    }
  }

  /** Waits for an event of that type; resolves with all of it since this was last asked. */
  async heard(name: string, type: string): Promise<readonly (MessageJson | EventJson)[]> {
    const client = await this.client(name)
    const asked = { types: [type], timeout: PATIENCE_MS }
    const { events } = await client.call('receive', asked)
    if (events.length === 0) throw new Error(`${name} never heard of a ${type}`)
    return events
  }

  screen(
    name: string,
    args: readonly string[] = [],
    { env, node = [], ...shape }: ScreenShape = {},
  ): VirtualTerminal {
    const home = this.env(name, env)
    return this.terminal({ program: [...node, PROGRAM, ...args], env: home, ...shape })
  }

  terminal(options: VirtualTerminalOptions): VirtualTerminal {
    const screen = new VirtualTerminal({ cwd: options.env.HOME ?? this.folder, ...options })
    this.#screens.push(screen)
    return screen
  }

  async close(): Promise<void> {
    for (const screen of this.#screens) await screen.close()
    for (const name of [...this.#clients.keys()]) await this.letGo(name)
    await this.#server?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  options(name: string): ProfileOptions {
    return {
      home: this.home(name),
      profile: 'default',
      keychain: 'file',
      passphrase: { environment: name },
      serve: true,
    }
  }
}
