// Everything that a command can touch outside itself. The real one is the process; a test brings
// its own streams, environment and client.

import type { Readable, Writable } from 'node:stream'
import type { AccountJson, Client } from '../client/api.ts'
import type { ProfileOptions, RegisterOptions } from '../client/client.ts'

type TerminalInput = Readable & {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}
export type TerminalOutput = Writable & { readonly isTTY?: boolean; readonly columns?: number }

export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly stdin: TerminalInput
  readonly stdout: TerminalOutput
  readonly stderr: TerminalOutput
  readonly now: () => number
  /** This program, as a command line that starts it again. */
  readonly self: readonly string[]
  /** The program that has every command, where this one has only some. Ends the process. */
  readonly whole?: () => Promise<number>
  readonly openClient: (options: ProfileOptions) => Promise<Client>
  readonly registerProfile: (options: RegisterOptions) => Promise<AccountJson>
}

export function processWorld(whole?: () => Promise<number>): World {
  return {
    env: process.env,
    cwd: process.cwd(),
    // Opened by who reads it: most commands do not.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    now: Date.now,
    self: [process.execPath, ...process.execArgv, process.argv[1] ?? 'sotto'],
    // Lazy: `help` and `completion` need no client.
    ...(whole === undefined ? {} : { whole }),
    openClient: async (options) => (await import('../client/client.ts')).openClient(options),
    registerProfile: async (options) =>
      (await import('../client/client.ts')).registerProfile(options),
  }
}
