// A home for each person, and the real program in it on a virtual screen.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROGRAM, type ProgramEnv, run } from '../../helpers/program.ts'
import { startServer, type TestServer } from '../../helpers/server.ts'
import { VirtualTerminal, type VirtualTerminalOptions } from '../virtual-terminal.ts'

type Shape = Pick<VirtualTerminalOptions, 'columns' | 'rows'>

export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'sotto-screen-'))
  readonly #open: VirtualTerminal[] = []
  #server: TestServer | undefined

  async server(): Promise<TestServer> {
    this.#server ??= await startServer({ registration: 'open' })
    return this.#server
  }

  /** The passphrase is the name: what one types on the screen is no secret in a test. */
  env(name: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const home = join(this.folder, name)
    mkdirSync(home, { recursive: true })
    return {
      HOME: home,
      TMPDIR: home,
      SOTTO_KEYCHAIN: 'file',
      SOTTO_PASSPHRASE: name,
      TERM: 'xterm-256color',
      // The runtime's own cache of compiled code is no trace of a conversation.
      NODE_DISABLE_COMPILE_CACHE: '1',
      ...more,
    }
  }

  async registered(...names: readonly string[]): Promise<void> {
    const { url } = await this.server()
    for (const name of names) await this.run(name, ['register', name, '--server', url])
  }

  /** A command beside the screen; it has to succeed. */
  async run(name: string, args: readonly string[], input?: string) {
    const env: ProgramEnv = this.env(name)
    const result = await run([...args], env, input)
    if (result.code !== 0) throw new Error(`sotto ${args.join(' ')}: ${JSON.stringify(result)}`)
    return result
  }

  screen(
    name: string,
    args: readonly string[] = [],
    { env, ...shape }: Shape & { readonly env?: Readonly<Record<string, string>> } = {},
  ): VirtualTerminal {
    const home = this.env(name, env)
    const program = [PROGRAM, ...args]
    const screen = new VirtualTerminal({ program, env: home, cwd: home.HOME ?? '', ...shape })
    this.#open.push(screen)
    return screen
  }

  async close(): Promise<void> {
    for (const screen of this.#open) await screen.close()
    await this.#server?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
