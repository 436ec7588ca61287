// send, receive, verify: what they ask of the client, print and end with.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ErrorJson, ReceiveParams, SendResult } from '../../src/client/api.ts'
import { splitWords } from '../../src/commands/exec.ts'
import { type Answers, message, NOW, runFake } from './fake-world.ts'

const error = (code: string): ErrorJson => ({
  v: 1,
  type: 'error',
  code,
  message: 'No.',
  hint: null,
  retry_after: null,
})
const sent = (to: string): SendResult => ({
  to,
  message: message({ direction: 'out', status: 'stored', body: 'hi' }),
})
const sending = (...results: readonly SendResult[]): { readonly answers: Answers } => ({
  answers: { send: () => ({ results }) },
})

describe('send', () => {
  test.each([
    [['bob', 'hi'], { to: ['bob'], text: 'hi' }],
    [['bob', 'carol', 'hi'], { to: ['bob', 'carol'], text: 'hi' }],
    [['bob', 'carol', '--text', 'hi'], { to: ['bob', 'carol'], text: 'hi' }],
    [['bob', '-f', 'a.txt'], { to: ['bob'], files: ['/desk/a.txt'] }],
    [
      ['bob', '-f', '/a', '-f', 'b', 'look'],
      { to: ['bob'], files: ['/a', '/desk/b'], text: 'look' },
    ],
    [['bob', 'hi', '--expire', '1h', '--silent'], { expire: 3_600_000, silent: true }],
    [['bob', 'hi', '--at', '+1h'], { at: new Date(NOW + 3_600_000).toISOString() }],
    [
      ['bob', 'hi', '--idempotency-key', 'k', '--wait', 'read'],
      { idempotencyKey: 'k', wait: 'read' },
    ],
    [['bob', 'hi', '--timeout', '5s'], { timeout: 5000 }],
  ])('%j asks for it', async (argv, params) => {
    const ran = await runFake(['send', ...argv], sending(sent('bob')))
    expect(ran.calls).toEqual([{ method: 'send', params: expect.objectContaining(params) }])
  })

  test('reads the text from stdin without the pipe’s last newline', async () => {
    const ran = await runFake(['send', 'bob', '-'], { ...sending(sent('bob')), stdin: 'a\nb\n' })
    expect(ran.calls[0]?.params).toMatchObject({ text: 'a\nb' })
  })

  test('refuses a text that is no message before anything is opened', async () => {
    const stdin = 'x'.repeat(70_000)
    const ran = await runFake(['send', 'bob', '-'], { ...sending(), stdin })
    expect(ran).toMatchObject({ code: 2, calls: [], opened: [] })
    expect(await runFake(['send', 'bob'], sending())).toMatchObject({ code: 2, opened: [] })
  })

  test('makes a new key for each call that has none', async () => {
    const keys = await Promise.all(
      [1, 2].map(async () => {
        const { calls } = await runFake(['send', 'bob', 'hi'], sending(sent('bob')))
        return (calls[0]?.params as { idempotencyKey?: string } | undefined)?.idempotencyKey
      }),
    )
    expect(new Set(keys).size).toBe(2)
  })

  const good = sent('bob')
  const late = { ...sent('dave'), timedOut: true }
  test.each([
    [[good], 0],
    [[good, sent('carol')], 0],
    [[good, { to: 'carol', error: error('not_found') }], 7],
    [[good, late], 7],
    [[late], 8],
    [[{ to: 'carol', error: error('untrusted_identity') }], 4],
    [[{ to: 'carol', error: error('rate_limited') }], 5],
    [[{ to: 'carol', error: error('blocked') }], 6],
    [
      [
        { to: 'c', error: error('not_found') },
        { to: 'd', error: error('network') },
      ],
      7,
    ],
  ])('%j ends with %i', async (results, code) => {
    const to = results.map((result) => result.to)
    const ran = await runFake(['send', ...to, 'hi', '--json'], sending(...results))
    expect(ran.code).toBe(code)
    const messages = results.filter((result) => 'message' in result)
    const failures = results.filter((result) => 'error' in result || 'timedOut' in result)
    const rows = (text: string) => text.split('\n').filter((line) => line !== '')
    expect(rows(ran.stdout)).toHaveLength(messages.length)
    expect(rows(ran.stderr).map((line) => JSON.parse(line).to)).toEqual(
      failures.map((result) => result.to),
    )
  })
})

describe('send --run', () => {
  const node = process.execPath
  const textOf = (ran: Awaited<ReturnType<typeof runFake>>): string =>
    String((ran.calls[0]?.params as { text?: string } | undefined)?.text)

  // The folder of the fake world is not there; a command needs a real one.
  const running = async (...command: readonly string[]) =>
    runFake(['send', 'bob', '--run', '--', ...command], { ...sending(sent('bob')), cwd: tmpdir() })

  test('sends the end of what the command said and ends as it ended', async () => {
    const script = 'for (let i = 0; i < 100; i++) console.log("line " + i); process.exit(3)'
    const ran = await running(node, '-e', script)
    expect(ran.code).toBe(3)
    expect(textOf(ran)).toMatch(/^✗ failed \(3\) in 1s: /)
    expect(textOf(ran)).toMatch(/line 99$/)
    expect(textOf(ran)).not.toContain('line 79\n')
  })

  test('gives every word to the command as it stands, and our passphrase never', async () => {
    const script =
      'console.log(JSON.stringify([process.argv[1], process.env.SOTTO_PASSPHRASE ?? 0]))'
    const ran = await runFake(['send', 'bob', '--run', '--', node, '-e', script, '$(id); `id` *'], {
      ...sending(sent('bob')),
      cwd: tmpdir(),
      env: { SOTTO_PASSPHRASE: 'secret' },
    })
    expect(ran.code).toBe(0)
    expect(textOf(ran)).toContain('["$(id); `id` *",0]')
  })

  test('says so when there is no such command', async () => {
    const ran = await running('no-such-command-anywhere')
    expect(ran.code).toBe(127)
    expect(textOf(ran)).toContain('✗ failed (127)')
  })

  test('needs a command', async () => {
    expect(await runFake(['send', 'bob', '--run'], sending())).toMatchObject({ code: 2 })
  })
})

describe('receive', () => {
  const first = message({ id: '01934567-89ab-7def-8123-000000000001', cursor: 'c1', body: 'one' })
  const second = message({ id: '01934567-89ab-7def-8123-000000000002', cursor: 'c2', body: 'two' })

  test('acknowledges what was printed, batch by batch', async () => {
    const batches = [
      { events: [first], cursor: 'c1', more: true },
      { events: [second], cursor: 'c2', more: false },
    ]
    const ran = await runFake(['receive', '--json', '--consumer', 'cron'], {
      answers: { receive: () => batches.shift(), ack: () => ({}) },
    })
    expect(
      ran.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).body),
    ).toEqual(['one', 'two'])
    expect(
      ran.calls.map(({ method, params }) => [method, (params as { cursor?: string }).cursor]),
    ).toEqual([
      ['receive', undefined],
      ['ack', 'c1'],
      ['receive', undefined],
      ['ack', 'c2'],
    ])
  })

  test.each([[['--ack', 'manual']], [['--since', 'c0']]])(
    '%j acknowledges nothing',
    async (argv) => {
      const ran = await runFake(['receive', ...argv], {
        answers: { receive: () => ({ events: [first], cursor: 'c1', more: false }) },
      })
      expect(ran.code).toBe(0)
      expect(ran.calls.map(({ method }) => method)).toEqual(['receive'])
    },
  )

  test('acknowledges for its own filter: what it passes over stays new for others', async () => {
    const ran = await runFake(['receive', '--types', 'message', '--in', 'bob'], {
      answers: {
        receive: () => ({ events: [first], cursor: 'c9', more: false }),
        ack: () => ({}),
      },
    })
    expect(ran.calls.at(-1)).toEqual({
      method: 'ack',
      params: { cursor: 'c9', in: ['bob'], types: ['message'] },
    })
  })

  test('with nothing to receive is done', async () => {
    const ran = await runFake(['receive', '--timeout', '1s'], {
      answers: { receive: () => ({ events: [], cursor: 'c0', more: false }), ack: () => ({}) },
    })
    expect(ran).toMatchObject({ code: 0, stdout: '' })
    expect(ran.calls[0]?.params).toMatchObject({ timeout: 1000 })
    // How long to wait for a message says nothing of how long the profile may take to open.
    expect(ran.opened[0]?.timeout).toBeUndefined()
  })

  test('stops at the limit, over all batches', async () => {
    const limits: unknown[] = []
    const ran = await runFake(['receive', '--limit', '2'], {
      answers: {
        receive: ({ limit }: ReceiveParams) => {
          limits.push(limit)
          return { events: [first], cursor: 'c1', more: true }
        },
        ack: () => ({}),
      },
    })
    expect(ran.code).toBe(0)
    expect(limits).toEqual([2, 1])
  })

  test('follows until it is told to stop', async () => {
    const stop = new AbortController()
    let turn = 0
    const ran = await runFake(['receive', '--follow', '--ack', 'manual'], {
      signal: stop.signal,
      answers: {
        receive: ({ since }: ReceiveParams) => {
          turn += 1
          if (turn === 1) return { events: [first], cursor: 'c1', more: false }
          // Without acknowledging it goes on from where it was, instead of printing it again.
          expect(since).toBe('c1')
          stop.abort()
          return { events: [second], cursor: 'c2', more: false }
        },
      },
    })
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(2)
  })

  test('reads times and filters', async () => {
    const ran = await runFake(
      ['receive', '--since', '2h', '--types', 'message,edit', '--in', 'bob'],
      {
        answers: { receive: () => ({ events: [], cursor: 'c0', more: false }) },
      },
    )
    expect(ran.calls[0]?.params).toMatchObject({
      since: new Date(NOW - 7_200_000).toISOString(),
      types: ['message', 'edit'],
      in: ['bob'],
    })
  })

  test('prints one line for each event, however many lines a message has', async () => {
    const events = [
      message({ body: 'a\nb\nc' }),
      { v: 1, type: 'receipt', id: 'x\x1b[2J' } as const,
    ]
    const ran = await runFake(['receive', '--since', 'c0'], {
      answers: { receive: () => ({ events, cursor: 'c1', more: false }) },
    })
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(ran.stdout).not.toContain('\x1b')
  })

  test('gives each event to --exec on stdin and acknowledges only what it dealt with', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-exec-'))
    const log = join(folder, 'log')
    const script = join(folder, 'deal.mjs')
    writeFileSync(
      script,
      `import { appendFileSync, readFileSync } from 'node:fs'
const line = readFileSync(0, 'utf8')
appendFileSync(${JSON.stringify(log)}, line)
process.exit(JSON.parse(line).body === 'two' ? 9 : 0)`,
    )
    const evil = message({ cursor: 'c1', body: '$(touch pwned); `id`' })
    const batches = [
      { events: [evil], cursor: 'c1', more: true },
      { events: [second], cursor: 'c2', more: false },
    ]
    const ran = await runFake(['receive', '--json', '--exec', `${process.execPath} "${script}"`], {
      answers: { receive: () => batches.shift(), ack: () => ({}) },
      cwd: folder,
    })
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('ended with status 9')
    expect(ran.calls.filter(({ method }) => method === 'ack')).toHaveLength(1)
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).body)).toEqual([evil.body, 'two'])
    rmSync(folder, { recursive: true })
  })

  test('shows what --exec complains of as everybody’s words, and as notes in JSON', async () => {
    const command = `sh -c 'printf "\\033]0;owned\\007one\\ntwo" >&2'`
    for (const form of [[], ['-q'], ['--json']]) {
      const ran = await runFake(['receive', '--exec', command, ...form], {
        answers: {
          receive: () => ({ events: [second], cursor: 'c2', more: false }),
          ack: () => ({}),
        },
        cwd: tmpdir(),
        env: { PATH: process.env.PATH ?? '' },
      })
      expect(ran.code).toBe(0)
      const lines = ran.stderr.trimEnd().split('\n')
      if (form[0] !== '--json') expect(lines).toEqual(['\ufffd]0;owned\ufffdone', 'two'])
      else {
        expect(lines.map((line) => JSON.parse(line).message)).toEqual([
          '\x1b]0;owned\x07one',
          'two',
        ])
        expect(ran.stderr).not.toMatch(/\x1b|\x07/)
      }
    }
  })

  test.each([
    ['notify', ['notify']],
    ['notify  -t "new mail" x', ['notify', '-t', 'new mail', 'x']],
    [`a 'b "c" d' "" e`, ['a', 'b "c" d', '', 'e']],
    ['$HOME;ls | cat', ['$HOME;ls', '|', 'cat']],
    ['', []],
  ])('splits the words of --exec without a shell: %j', (text, words) => {
    expect(splitWords(text)).toEqual(words)
  })
})

describe('verify', () => {
  const number = {
    v: 1,
    type: 'verification',
    name: 'bob',
    trust: 'unverified',
    digits: Array.from({ length: 12 }, (_, at) => String(10_000 + at)).join(' '),
    words: Array.from({ length: 24 }, (_, at) => `word${at}`),
    qr: 'sotto:verify:abc',
  } as const

  test('shows twelve groups, the words, and on a terminal the code', async () => {
    const answers = { verify: () => number }
    const piped = await runFake(['verify', 'bob'], { answers })
    expect(piped.stdout).toMatch(/bob: unverified\n {2}10000 10001 10002 10003\n/)
    expect(piped.stdout).not.toContain('▀')
    const seen = await runFake(['verify', 'bob'], { answers, terminal: true })
    expect(seen.stdout).toContain('▀')
    const json = await runFake(['verify', 'bob', '--json'], { answers })
    expect(JSON.parse(json.stdout)).toEqual(number)
  })

  test.each([
    [['--check', '12345 67890'], { name: 'bob', check: '12345 67890' }],
    [['--yes'], { name: 'bob', yes: true }],
    [['--accept-change'], { name: 'bob', acceptChange: true }],
  ])('%j asks for it', async (argv, params) => {
    const ran = await runFake(['verify', 'bob', ...argv], { answers: { verify: () => number } })
    expect(ran.calls).toEqual([{ method: 'verify', params }])
  })
})

describe('what cannot be taken back', () => {
  test('is not done without a word for it', async () => {
    const answers: Answers = {
      'account.show': () => ({ name: 'alice' }),
      'account.delete': () => ({}),
      'chat.delete': () => ({}),
    }
    const asked = await runFake(['account', 'delete'], { answers })
    expect(asked).toMatchObject({ code: 2 })
    expect(asked.calls.map(({ method }) => method)).toEqual(['account.show'])
    const wrong = await runFake(['account', 'delete', '--confirm', 'bob'], { answers })
    expect(wrong.code).toBe(2)
    expect((await runFake(['account', 'delete', '--confirm', 'alice'], { answers })).code).toBe(0)
    expect((await runFake(['chat', 'delete', 'bob'], { answers })).calls).toEqual([])
    expect((await runFake(['chat', 'delete', 'bob', '--yes'], { answers })).code).toBe(0)
  })
})
