// What needs a terminal: the conversation, the passphrase that is not echoed, the demo, colours.
// The real program in a real pseudo-terminal, read through a virtual screen.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IPty, spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROGRAM, type ProgramEnv, run } from '../helpers/program.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const COLUMNS = 100
let folder: string
let server: TestServer

/** The runtime's own cache of compiled code is no trace of a conversation. */
const NO_CODE_CACHE = { NODE_DISABLE_COMPILE_CACHE: '1' }

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
  readonly text: () => string
  /** Everything that the program ever wrote. */
  readonly raw: () => string
  readonly ended: Promise<number>
  readonly pty: IPty
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
    pty,
    ended,
    text: () => lines().join('\n').trimEnd(),
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
        ended.then((code) => fail(new Error(`ended with ${code}:\n${lines().join('\n').trim()}`)))
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

  test('no command is a conversation: what is typed is sent, what comes stands above', async () => {
    const ann = envOf('ann', { SOTTO_PASSPHRASE: 'tralala' })
    const ben = envOf('ben', { SOTTO_PASSPHRASE: 'b' })
    const at = ['--server', server.url]
    expect((await run(['register', 'ben', ...at], ben)).code).toBe(0)
    expect((await run(['contact', 'add', 'ann', 'it is me'], ben)).code).toBe(0)
    const screen = onTerminal([], ann)
    await screen.until(/ben: it is me {2}\[request\]/)
    screen.type('/accept ben\r')
    await screen.until(/^ben {2}contact/)
    screen.type('/to ben\r')
    await screen.until(/^ben> /)
    screen.type('/nonsense\r')
    await screen.until(/^! There is no such command/)
    screen.type('half a sent')
    const hostile = 'one\n\x1b[2J\x1b]0;owned\x07two'
    expect((await run(['send', 'ann', '-'], ben, hostile)).code).toBe(0)
    await screen.until(/ben: one/)
    // The line that was being typed is still there, below what came.
    await screen.until(/^ben> half a sent$/)
    expect(screen.raw()).not.toContain('\x1b[2J')
    expect(screen.raw()).not.toContain('owned\x07')
    screen.type('ence\r')
    const got = await run(['receive', '--types', 'message', '--timeout', '20s', '--json'], ben)
    expect(got.lines.map(({ body }) => body)).toEqual(['half a sentence'])
    screen.type('\x04')
    expect(await screen.ended).toBe(0)
  })

  test('the demo is a talk with echo, and leaves nothing behind', async () => {
    const who: ProgramEnv = { ...envOf('demo'), ...NO_CODE_CACHE }
    const screen = onTerminal(['demo'], who)
    await screen.until(/^echo> /)
    screen.type('hello you\r')
    await screen.until(/echo: You said: hello you/)
    await screen.until(/\* echo reacted .*👋/)
    screen.type('and again\r')
    await screen.until(/echo: You said: and again/)
    expect(screen.text().match(/You said: hello you/g)).toHaveLength(1)
    screen.type('/quit\r')
    expect(await screen.ended).toBe(0)
    expect(readdirSync(String(who.TMPDIR))).toEqual([])
  })
})
