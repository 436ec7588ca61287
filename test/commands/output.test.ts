// The law of stdout, stderr and exit codes, against a client that answers from a table.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { ClientError, FAILURES, type FailureCode } from '../../src/client/api.ts'
import { jsonLine } from '../../src/protocol/json-line.ts'
import { message, runFake } from './fake-world.ts'

const failing = (error: unknown) => ({
  answers: {
    chats: () => {
      throw error
    },
  },
})

describe('a failure', () => {
  test.each(Object.entries(FAILURES).filter(([code]) => code !== 'bug'))(
    'of code %s ends with %i, is told once on stderr and leaves stdout alone',
    async (code, exit) => {
      const error = new ClientError(code as FailureCode, 'Something.', {
        hint: 'do this',
        retryAfter: Date.UTC(2026, 0, 1),
        candidates: ['a', 'b'],
      })
      const json = await runFake(['chats', '--json'], failing(error))
      expect(json).toMatchObject({ code: exit, stdout: '' })
      expect(JSON.parse(json.stderr)).toEqual({
        v: 1,
        type: 'error',
        code,
        message: 'Something.',
        hint: 'do this',
        retry_after: '2026-01-01T00:00:00.000Z',
        candidates: ['a', 'b'],
      })
      const text = await runFake(['chats'], failing(error))
      expect(text).toMatchObject({ code: exit, stdout: '' })
      expect(text.stderr).toBe(
        'sotto: Something.\n  a\n  b\n  again from: 2026-01-01T00:00:00.000Z\n  hint: do this\n',
      )
    },
  )

  test('that nobody expected is a bug: its place is in the log, its words are nowhere', async () => {
    const home = mkdtempSync(join(tmpdir(), 'sotto-log-'))
    const error = new TypeError('the secret text of a message')
    const ran = await runFake(['chats', '--home', home], failing(error))
    const log = join(home, 'default', 'sotto.log')
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain(log)
    expect(ran.stderr).not.toMatch(/secret|\n\s+at /)
    expect(readFileSync(log, 'utf8')).toContain('TypeError')
    expect(readFileSync(log, 'utf8')).not.toContain('secret')
    expect(statSync(log).mode & 0o777).toBe(0o600)
    rmSync(home, { recursive: true })
  })

  test('in the words of a server cannot act on the terminal', async () => {
    const error = new ClientError('server', '\x1b]0;owned\x07no', { hint: '\x9b2J' })
    const { stderr } = await runFake(['chats'], failing(error))
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
  })

  test('in the command line is told in JSON too where JSON was asked for', async () => {
    const ran = await runFake(['sned', '--json'])
    expect(ran.code).toBe(2)
    expect(JSON.parse(ran.stderr)).toMatchObject({ type: 'error', code: 'usage' })
  })
})

describe('a line of JSON', () => {
  const hostile = '\x00\x1b]0;x\x07\x7f\x9b\u202e\u2028\ud800\u{e0041}\ue000é🦊'

  test('holds nothing that a terminal obeys, and means the same', () => {
    const line = jsonLine({ body: hostile })
    expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e\u2028\ud800\ue000]|\u{e0041}/u)
    expect(line).toContain('é🦊')
    expect(JSON.parse(line)).toEqual({ body: hostile })
  })

  test('is all that stdout carries with --json', async () => {
    const answers = { history: () => ({ messages: [message({ body: hostile })], more: false }) }
    const { stdout } = await runFake(['history', 'bob', '--json'], { answers })
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ v: 1, type: 'message', body: hostile })
  })
})

describe('text for people', () => {
  test('cannot fake a line of ours', async () => {
    const body = 'first\n2026-11-20 12:00  0193  alice: fake\r\nthird'
    const answers = { history: () => ({ messages: [message({ body })], more: false }) }
    const { stdout } = await runFake(['history', 'bob'], { answers })
    const [head, ...more] = stdout.trimEnd().split('\n')
    expect(head).toContain('bob: first')
    expect(more).toHaveLength(2)
    for (const line of more) expect(line).toMatch(/^ {4}│ /)
  })

  test.each([
    [{ terminal: true }, [], true],
    [{ terminal: false }, [], false],
    [{ terminal: true, env: { NO_COLOR: '1' } }, [], false],
    [{ terminal: true, env: { NO_COLOR: '' } }, [], true],
    [{ terminal: true, env: { TERM: 'dumb' } }, [], false],
    [{ terminal: false, env: { FORCE_COLOR: '1' } }, [], true],
    [{ terminal: true, env: { FORCE_COLOR: '0' } }, [], false],
    [{ terminal: true, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, [], true],
    [{ terminal: true, env: { FORCE_COLOR: '1' } }, ['--no-color'], false],
    [{ terminal: true, env: { FORCE_COLOR: '1' } }, ['--json'], false],
  ])('has colours where they are wanted: %j %j', async (options, argv, coloured) => {
    const answers = { history: () => ({ messages: [message()], more: false }) }
    const { stdout } = await runFake(['history', 'bob', ...argv], { ...options, answers })
    expect(stdout.includes('\x1b[')).toBe(coloured)
  })
})

describe('a reader that went away', () => {
  test('ends the program quietly and is not acknowledged', async () => {
    const broken = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' }))
      },
    })
    const answers = {
      receive: () => ({ events: [message()], cursor: 'c1', more: true }),
      ack: () => ({}),
    }
    const ran = await runFake(['receive'], { answers, stdout: broken })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.calls.map(({ method }) => method)).not.toContain('ack')
  })
})

describe('settings', () => {
  test('come from the flag, then the environment, then the file', async () => {
    const home = mkdtempSync(join(tmpdir(), 'sotto-config-'))
    const answers = { chats: () => ({ chats: [] }) }
    const timeoutOf = async (argv: readonly string[], env: Record<string, string> = {}) =>
      (await runFake(['chats', '--home', home, ...argv], { answers, env })).opened[0]?.timeout
    expect(await timeoutOf([])).toBeUndefined()
    await runFake(['config', 'set', 'timeout', '3s', '--home', home])
    expect(await timeoutOf([])).toBe(3000)
    expect(await timeoutOf([], { SOTTO_TIMEOUT: '2s' })).toBe(2000)
    expect(await timeoutOf(['--timeout', '1s'], { SOTTO_TIMEOUT: '2s' })).toBe(1000)
    expect(statSync(join(home, 'default', 'config.toml')).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, 'default')).mode & 0o777).toBe(0o700)
    rmSync(home, { recursive: true })
  })

  test('of one command are its options’ defaults', async () => {
    const home = mkdtempSync(join(tmpdir(), 'sotto-config-'))
    const answers = { send: () => ({ results: [{ to: 'bob', message: message() }] }) }
    const waitOf = async (...argv: readonly string[]) =>
      (await runFake(['send', 'bob', 'x', '--home', home, ...argv], { answers })).calls[0]?.params
    expect(await waitOf()).toMatchObject({ wait: 'stored' })
    await runFake(['config', 'set', 'send.wait', 'read', '--home', home])
    expect(await waitOf()).toMatchObject({ wait: 'read' })
    expect(await waitOf('--wait', 'queued')).toMatchObject({ wait: 'queued' })
    rmSync(home, { recursive: true })
  })

  test.each(['passphrase', 'server.token', 'account.recovery'])(
    'never hold a secret: %s',
    async (key) => {
      expect(await runFake(['config', 'set', key, 'x', '--home', tmpdir()])).toMatchObject({
        code: 2,
      })
    },
  )

  test('in a broken file are an error that names it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'sotto-config-'))
    await runFake(['config', 'set', 'json', 'true', '--home', home])
    writeFileSync(join(home, 'default', 'config.toml'), 'json = = 1')
    const ran = await runFake(['chats', '--home', home])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain('config.toml')
    rmSync(home, { recursive: true })
  })
})

describe('the client', () => {
  test('is closed whatever happens', async () => {
    expect((await runFake(['chats'], failing(new ClientError('network', 'No.')))).closed).toBe(1)
    expect((await runFake(['chats'], { answers: { chats: () => ({ chats: [] }) } })).closed).toBe(1)
  })
})
