// The whole path as two people walk it, with real processes, sockets, databases and keychains.

import type { ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CuttableProxy, cuttableProxy } from '../helpers/cuttable-proxy.ts'
import {
  ended,
  freePort,
  lineOf,
  type ProgramEnv,
  type Ran,
  run,
  start,
} from '../helpers/program.ts'
import { secretServiceMissing } from '../helpers/secret-service.ts'

const CANARY = 'xylophone-marmalade-40712'
const FILE_BYTES = 24 * 1024 * 1024

let folder: string
let port: number
let proxy: CuttableProxy
let server: ChildProcess
let alice: ProgramEnv
let bob: ProgramEnv

/** Where a Secret Service answers, one of the two keeps her secrets there, as on a desktop. */
const keyringMissing = await secretServiceMissing()

const home = (name: string): ProgramEnv => {
  mkdirSync(join(folder, name))
  return {
    HOME: join(folder, name),
    SOTTO_HOME: join(folder, name, 'sotto'),
    SOTTO_KEYCHAIN: 'file',
    SOTTO_PASSPHRASE: `${name} sings in the bath`,
  }
}

async function startServer(): Promise<ChildProcess> {
  const child = start(
    [
      'server',
      'run',
      '--listen',
      `127.0.0.1:${port}`,
      '--data',
      join(folder, 'server'),
      '--registration',
      'open',
    ],
    { HOME: folder },
  )
  await lineOf(child, (line) => line.includes(`127.0.0.1:${port}`))
  return child
}

const ok = async (args: readonly string[], who: ProgramEnv, stdin?: string): Promise<Ran> => {
  const ran = await run([...args, '--json'], who, stdin)
  if (ran.code !== 0) throw new Error(`sotto ${args.join(' ')}: ${ran.code}\n${ran.stderr}`)
  return ran
}

const idOf = (ran: Ran): string => String(ran.lines[0]?.id)
const bodies = (ran: Ran): readonly unknown[] =>
  ran.lines.filter(({ type }) => type === 'message').map(({ body }) => body)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sotto-e2e-'))
  port = await freePort()
  server = await startServer()
  proxy = await cuttableProxy(port)
  alice =
    keyringMissing === undefined || process.env.SOTTO_REQUIRE_ALL === '1'
      ? {
          ...home('alice'),
          SOTTO_KEYCHAIN: 'os',
          DBUS_SESSION_BUS_ADDRESS: String(process.env.DBUS_SESSION_BUS_ADDRESS),
        }
      : home('alice')
  bob = home('bob')
})

afterAll(async () => {
  server.kill('SIGTERM')
  await ended(server)
  await proxy.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Dozens of processes, each of which derives a key: slow where the machine is busy. */
const PATIENCE_MS = 120_000

describe.sequential('two people on two machines', { timeout: PATIENCE_MS }, () => {
  test('register, request, accept', async () => {
    await ok(['register', 'alice', '--server', `http://127.0.0.1:${proxy.port}`], alice)
    await ok(['register', 'bob', '--server', `http://127.0.0.1:${port}`], bob)
    await ok(['contact', 'add', 'bob'], alice)
    const asked = await ok(['receive'], bob)
    expect(asked.lines.map(({ type }) => type)).toContain('contact_request')
    await ok(['contact', 'accept', 'alice'], bob)
    const accepted = await ok(['receive'], alice)
    expect(accepted.lines.map(({ type }) => type)).toContain('contact_accepted')
  })

  test('messages go both ways, in order, once', async () => {
    for (const body of ['one', 'two', CANARY]) await ok(['send', 'bob', body], alice)
    expect(bodies(await ok(['receive'], bob))).toEqual(['one', 'two', CANARY])
    expect(bodies(await ok(['receive'], bob))).toEqual([])
    await ok(['send', 'alice', '-'], bob, 'from a pipe\nwith two lines')
    expect(bodies(await ok(['receive'], alice))).toEqual(['from a pipe\nwith two lines'])
  })

  test('both see the same sixty digits, and the digits verify', async () => {
    const hers = (await ok(['verify', 'bob'], alice)).lines[0]
    const his = (await ok(['verify', 'alice'], bob)).lines[0]
    expect(hers?.digits).toBe(his?.digits)
    const checked = await ok(['verify', 'bob', '--check', String(his?.digits)], alice)
    expect(checked.lines[0]?.trust).toBe('verified')
    const wrong = String(his?.digits).replace(/\d/, (digit) => String((Number(digit) + 1) % 10))
    expect((await run(['verify', 'alice', '--check', wrong], bob)).code).toBe(4)
  })

  test('reply, edit, react and delete reach the other side', async () => {
    const first = idOf(await ok(['send', 'bob', 'helo'], alice))
    await ok(['msg', 'edit', first, 'hello'], alice)
    await ok(['receive'], bob)
    await ok(['msg', 'react', first, '👍'], bob)
    await ok(['send', 'alice', 'hi yourself', '--reply', first], bob)
    await ok(['receive'], alice)
    const shown = (await ok(['msg', 'show', first], alice)).lines[0]
    expect(shown).toMatchObject({ body: 'hello', reactions: [{ emoji: '👍', from: 'bob' }] })
    const history = (await ok(['history', 'alice'], bob)).lines
    expect(history.find(({ id }) => id === first)).toMatchObject({ body: 'hello' })
    expect(history.at(-1)).toMatchObject({ body: 'hi yourself', reply_to: first })
    await ok(['msg', 'delete', first, '--for-everyone'], alice)
    await ok(['receive'], bob)
    const gone = (await ok(['msg', 'show', first], bob)).lines[0]
    expect(gone).toMatchObject({ kind: 'deleted', body: '' })
  })

  test('history pages and search finds', async () => {
    expect(bodies(await ok(['search', 'marmalade'], bob))).toEqual([CANARY])
    expect(bodies(await ok(['history', 'alice', '--limit', '1'], bob))).toEqual(['hi yourself'])
  })

  test('a file survives a cable that is pulled in the middle of it', async () => {
    const path = join(folder, 'film.bin')
    const content = randomBytes(FILE_BYTES)
    writeFileSync(path, content)
    const cut = proxy.cutAfter(FILE_BYTES / 2)
    const sending = ok(['send', 'bob', 'look', '-f', path, '--timeout', '60s'], alice)
    await cut
    proxy.mend()
    const message = (await sending).lines[0]
    const [attachment] = (message?.attachments ?? []) as { size: number; name: string }[]
    expect(attachment).toMatchObject({ size: FILE_BYTES, name: 'film.bin' })
    await ok(['receive'], bob)
    const saved = await ok(['download', String(message?.id), '-o', join(folder, 'saved.bin')], bob)
    expect(saved.code).toBe(0)
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
    expect(digest(readFileSync(join(folder, 'saved.bin')))).toBe(digest(content))
    expect(statSync(join(folder, 'saved.bin')).mode & 0o777).toBe(0o600)
  })

  test('thirty sends at once beside a daemon and a follower arrive each once', async () => {
    const daemon = start(['daemon', 'run'], alice)
    await lineOf(daemon, () => true)
    const follower = start(['receive', '--follow', '--json'], bob)
    const got: string[] = []
    const all = new Promise<void>((done) => {
      if (follower.stdout === null) return
      createInterface({ input: follower.stdout }).on('line', (line) => {
        const { type, body } = JSON.parse(line)
        if (type === 'message' && body.startsWith('burst')) got.push(body)
        if (got.length === 30) done()
      })
    })
    const sends = Array.from({ length: 30 }, (_, index) =>
      ok(['send', 'bob', `burst ${index}`], alice),
    )
    await Promise.all(sends)
    await all
    expect(new Set(got).size).toBe(30)
    follower.kill('SIGINT')
    daemon.kill('SIGTERM')
    await Promise.all([ended(follower), ended(daemon)])
    expect(follower.exitCode).toBe(130)
  })

  test('what is said while the server is away arrives when it is back', async () => {
    server.kill('SIGTERM')
    await ended(server)
    const queued = await run(['send', 'bob', 'are you there', '--timeout', '1s', '--json'], alice)
    expect(queued.code).toBe(8)
    server = await startServer()
    await ok(['receive'], alice)
    expect(bodies(await ok(['receive', '--timeout', '10s'], bob))).toEqual(['are you there'])
  })

  test('neither home nor the server holds anything readable', () => {
    const files = (root: string): readonly string[] =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    for (const root of [alice.HOME, bob.HOME, join(folder, 'server')]) {
      for (const file of files(String(root))) {
        const raw = readFileSync(file)
        for (const secret of [CANARY, 'film.bin', 'hi yourself', 'sings in the bath']) {
          expect(raw.includes(secret), `${file} holds ${secret}`).toBe(false)
        }
        expect(statSync(file).mode & 0o077, file).toBe(0)
      }
    }
  })
})
