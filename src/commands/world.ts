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
  /** Runs the command in the piece of the program that has it, where this one has only some. */
  readonly elsewhere?: (where: Elsewhere) => Promise<number>
  readonly openClient: (options: ProfileOptions) => Promise<Client>
  readonly registerProfile: (options: RegisterOptions) => Promise<AccountJson>
}

/** Where a command is that a piece of the program does not have (scripts/build-program.js). */
export type Elsewhere = 'screen' | 'whole'

export function processWorld(elsewhere?: World['elsewhere']): World {
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
    ...(elsewhere === undefined ? {} : { elsewhere }),
    openClient: async (options) => (await import('../client/client.ts')).openClient(options),
    registerProfile: async (options) =>
      (await import('../client/client.ts')).registerProfile(options),
  }
}
