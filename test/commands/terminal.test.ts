// What needs a terminal beside the screen: the passphrase that is not echoed.
// The real program in a real pseudo-terminal, read through a virtual screen.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROGRAM, type ProgramEnv } from '../helpers/program.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const COLUMNS = 100
let folder: string
let server: TestServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sotto-terminal-'))
  server = await startServer({ registration: 'open' })
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const envOf = (name: string, more: ProgramEnv = {}): ProgramEnv => {
  const home = join(folder, name)
  mkdirSync(home, { recursive: true })
  return { HOME: home, TMPDIR: home, SOTTO_KEYCHAIN: 'file', TERM: 'xterm-256color', ...more }
}

interface Screen {
  /** Resolves when a line of the screen matches; fails if the program ends first. */
  until(pattern: RegExp): Promise<string>
  type(text: string): void
  /** Everything that the program ever wrote. */
  readonly raw: () => string
  readonly ended: Promise<number>
}

function onTerminal(args: readonly string[], env: ProgramEnv): Screen {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: 40, allowProposedApi: true })
  const pty = spawn(process.execPath, [PROGRAM, ...args], {
    cols: COLUMNS,
    rows: 40,
    cwd: String(env.HOME),
    env: { PATH: String(process.env.PATH), ...env },
  })
  let raw = ''
  let looking: (() => void)[] = []
  const lines = (): readonly string[] =>
    Array.from(
      { length: terminal.buffer.active.length },
      (_, at) => terminal.buffer.active.getLine(at)?.translateToString(true) ?? '',
    )
  pty.onData((data) => {
    raw += data
    terminal.write(data, () => {
      for (const look of looking) look()
    })
  })
  const ended = new Promise<number>((done) => pty.onExit(({ exitCode }) => done(exitCode)))
  return {
    ended,
    raw: () => raw,
    type: (text) => pty.write(text),
    until: (pattern) =>
      new Promise((done, fail) => {
        const look = (): void => {
          const line = lines().find((candidate) => pattern.test(candidate))
          if (line === undefined) return
          looking = looking.filter((other) => other !== look)
          done(line)
        }
        looking.push(look)
        look()
        // What came with the end is on the screen when all before this is.
        const failed = (code: number): void =>
          fail(new Error(`ended with ${code}:\n${lines().join('\n').trim()}`))
        ended.then((code) => terminal.write('', () => failed(code)))
      }),
  }
}

describe.sequential('on a terminal', { timeout: 60_000 }, () => {
  test('a passphrase is asked for twice, repeated until it agrees, and never shown', async () => {
    const args = ['register', 'ann', '--server', server.url, '--device-name', 'desk']
    const screen = onTerminal(args, envOf('ann'))
    await screen.until(/^New passphrase:/)
    screen.type('tralala\r')
    await screen.until(/^The same again:/)
    screen.type('trelele\r')
    await screen.until(/^They differ/)
    screen.type('tralalx\x7fa\r')
    screen.type('tralala\r')
    await screen.until(/^ann on http/)
    expect(await screen.ended).toBe(0)
    expect(screen.raw()).not.toContain('tral')
  })

  test('it is asked for once afterwards, and Ctrl+C leaves the question', async () => {
    const screen = onTerminal(['whoami'], envOf('ann'))
    await screen.until(/^Passphrase:/)
    screen.type('tralala\r')
    await screen.until(/^ann on http/)
    expect(await screen.ended).toBe(0)
    const left = onTerminal(['whoami'], envOf('ann'))
    await left.until(/^Passphrase:/)
    left.type('\x03')
    expect(await left.ended).toBe(6)
  })
})
