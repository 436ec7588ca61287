// Each exit code once, from the real program. 1 stands in output.test.ts: to see it here, there
// would have to be a bug.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ended,
  freePort,
  lineOf,
  type ProgramEnv,
  type Ran,
  run,
  start,
} from '../helpers/program.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const ACCOUNTS = 2
let folder: string
let server: TestServer
let ann: ProgramEnv
let ben: ProgramEnv

const envOf = (name: string): ProgramEnv => {
  const home = join(folder, name)
  mkdirSync(home)
  return { HOME: home, TMPDIR: home, SOTTO_KEYCHAIN: 'file', SOTTO_PASSPHRASE: name }
}

const codeOf = (ran: Ran): unknown => JSON.parse(ran.stderr.trimEnd().split('\n').at(-1) ?? '').code

/** The runtime's own cache of compiled code is no trace of a conversation. */
const NO_CODE_CACHE = { NODE_DISABLE_COMPILE_CACHE: '1' }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sotto-exits-'))
  const limits = { registrationsPerHour: ACCOUNTS }
  server = await startServer({ registration: 'open', overrides: { limits } })
  ann = envOf('ann')
  ben = envOf('ben')
  const at = ['--server', server.url, '--json']
  const rans = await Promise.all([
    run(['register', 'ann', ...at], ann),
    run(['register', 'ben', ...at], ben),
  ])
  expect(rans.map(({ code }) => code)).toEqual([0, 0])
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.sequential('the program ends with', () => {
  test('2 for bad usage, with a hint', async () => {
    const ran = await run(['send', '--json'], ann)
    expect([ran.code, codeOf(ran), ran.stdout]).toEqual([2, 'usage', ''])
  })

  test('3 where no server is', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const ran = await run(['register', 'cleo', '--server', url, '--json'], envOf('cleo'))
    expect([ran.code, codeOf(ran)]).toEqual([3, 'network'])
  })

  test('5 after too many registrations, and says until when', async () => {
    const args = ['register', 'dora', '--server', server.url, '--json']
    const ran = await run(args, envOf('dora'))
    expect([ran.code, codeOf(ran)]).toEqual([5, 'rate_limited'])
    expect(JSON.parse(ran.stderr.trim()).retry_after).toMatch(/^\d{4}-.*Z$/)
  })

  test('6 without a profile, and with a wrong passphrase', async () => {
    const none = await run(['whoami', '--json'], envOf('nobody'))
    expect([none.code, codeOf(none)]).toEqual([6, 'no_profile'])
    const wrong = await run(['whoami', '--json'], { ...ann, SOTTO_PASSPHRASE: 'not hers' })
    expect([wrong.code, codeOf(wrong)]).toEqual([6, 'passphrase_wrong'])
  })

  test('9 for somebody who is not there', async () => {
    const ran = await run(['send', 'zoe', 'hi', '--json'], ann)
    expect([ran.code, codeOf(ran), ran.stdout]).toEqual([9, 'not_found', ''])
  })

  test('7 when only some have it', async () => {
    const ran = await run(['send', 'ben', 'zoe', 'hi', '--json'], ann)
    expect(ran.code).toBe(7)
    expect(ran.lines).toHaveLength(1)
    expect(JSON.parse(ran.stderr)).toMatchObject({ to: 'zoe', code: 'not_found' })
  })

  test('4 when the digits differ', async () => {
    const zeros = Array.from({ length: 12 }, () => '00000').join(' ')
    const ran = await run(['verify', 'ben', '--check', zeros, '--json'], ann)
    expect([ran.code, codeOf(ran)]).toEqual([4, 'untrusted_identity'])
  })

  test('130 when a follower is interrupted, having printed what came', async () => {
    const follower = start(['receive', '--follow', '--json'], ben)
    await lineOf(follower, (line) => line.includes('"body":"hi"'))
    follower.kill('SIGINT')
    await ended(follower)
    expect(follower.exitCode).toBe(130)
  })

  test('143 when a daemon is terminated, leaving nothing behind', async () => {
    const daemon = start(['daemon', 'run'], ann)
    await lineOf(daemon, (line) => line.includes('ready'))
    daemon.kill('SIGTERM')
    await ended(daemon)
    expect(daemon.exitCode).toBe(143)
    const status = await run(['daemon', 'status', '--json'], ann)
    expect(status.lines[0]).toMatchObject({ daemon: false, pid: null })
  })

  test('8 for what the server does not have yet, and the same key is still one message', async () => {
    await server.close()
    const args = ['send', 'ben', 'later', '--idempotency-key', 'k', '--timeout', '300ms', '--json']
    const first = await run(args, ann)
    expect([first.code, first.lines[0]?.status]).toEqual([8, 'queued'])
    const second = await run(args, ann)
    expect([second.code, second.lines[0]?.id]).toEqual([8, first.lines[0]?.id])
    const queued = await run(['send', 'ben', 'x', '--wait', 'queued', '--json'], ann)
    expect([queued.code, queued.lines[0]?.status]).toEqual([0, 'queued'])
  })
})

describe('the demo', { timeout: 90_000 }, () => {
  test('plays, proves what it claims and leaves nothing behind', async () => {
    const who: ProgramEnv = { ...envOf('demo'), ...NO_CODE_CACHE }
    const ran = await run(['demo', '--json'], who)
    expect([ran.code, ran.stderr]).toEqual([0, ''])
    const proofs = ran.lines.filter(({ type }) => type === 'proof')
    expect(proofs.map(({ proof, ok }) => [proof, ok])).toEqual([
      ['safety_numbers_equal', true],
      ['no_plaintext_on_server', true],
    ])
    const messages = ran.lines.filter(({ type }) => type === 'message')
    expect(new Set(messages.map(({ direction }) => direction))).toEqual(new Set(['in', 'out']))
    expect(readdirSync(String(who.TMPDIR))).toEqual([])
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('cleans up after %s too', async (signal, code) => {
    const who: ProgramEnv = { ...envOf(signal), ...NO_CODE_CACHE }
    const demo = start(['demo', '--json'], who)
    await lineOf(demo, (line) => line.includes('A server listens'))
    demo.kill(signal)
    await ended(demo)
    expect(demo.exitCode).toBe(code)
    expect(readdirSync(String(who.TMPDIR))).toEqual([])
  })
})
