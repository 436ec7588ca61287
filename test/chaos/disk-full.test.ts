// Disks that are full, on either side, with the program as it is run. Whatever has no room says so
// with the code of a disk, nothing is told that does not stand, and room is all that it takes.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSql } from '../../server/storage/sqlite/open.ts'
import {
  ended,
  freePort,
  lineOf,
  PROGRAM,
  type ProgramEnv,
  run,
  start,
} from '../helpers/program.ts'
import { mayMount, type SmallDisk, smallDisk } from './small-disk.ts'

const folder = mkdtempSync(join(tmpdir(), 'sotto-full-'))
const roomy: ProgramEnv = {
  HOME: folder,
  SOTTO_HOME: join(folder, 'home'),
  SOTTO_KEYCHAIN: 'file',
  SOTTO_PASSPHRASE: 'no room at the inn',
}
const can = mayMount()
let theirs: SmallDisk
let servers: SmallDisk
let tight: ProgramEnv
let server: ChildProcess
/** Holds its profile open and serves the commands: they are quicker so. */
let keeperOfBob: ChildProcess
let keeperOfAlice: ChildProcess | undefined
let log = ''

const alice = (args: readonly string[]) => run(['--profile', 'alice', ...args], tight)
const bob = (args: readonly string[]) => run(['--profile', 'bob', ...args], roomy)
const codeIn = (stderr: string): unknown => {
  const line = stderr.split('\n').find((text) => text.includes('"type":"error"'))
  return line === undefined ? undefined : (JSON.parse(line) as { code: string }).code
}
const bodies = (stdout: string): readonly string[] =>
  [...stdout.matchAll(/"body":"([^"]*)"/g)].map(([, body = '']) => body)

function call(held: ChildProcess, id: number, method: string, params: object): Promise<string> {
  held.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
  return lineOf(held, (line) => line.includes(`"id":${id}`))
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end()
  child.kill('SIGTERM')
  await ended(child)
}

beforeAll(async () => {
  if (!can) return
  theirs = smallDisk()
  servers = smallDisk()
  tight = { ...roomy, SOTTO_HOME: join(theirs.path, 'home') }
  const at = `127.0.0.1:${await freePort()}`
  const data = join(servers.path, 'data')
  const args = ['server', 'run', '--json', '--listen', at, '--data', data, '--registration', 'open']
  server = start(args, roomy)
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  await lineOf(server, (line) => line.includes(at))
  const registered = await Promise.all([
    alice(['register', 'alice', '--server', `http://${at}`]),
    bob(['register', 'bob', '--server', `http://${at}`]),
  ])
  expect(registered.map(({ code }) => code)).toEqual([0, 0])
  keeperOfBob = start(['--profile', 'bob', 'rpc'], roomy)
  await call(keeperOfBob, 1, 'status', {})
}, 120_000)

afterAll(async () => {
  if (can) {
    for (const child of [keeperOfBob, keeperOfAlice, server]) if (child) await end(child)
    theirs.close()
    servers.close()
  }
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(!can)('a full disk', { timeout: 120_000 }, () => {
  function emptyLog(path: string): void {
    const sql = openSql({ path })
    const { busy } = sql.get<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)') ?? { busy: 1 }
    sql.close()
    expect(busy).toBe(0)
  }

  test('of a sender is said with the code of a disk, and nothing half is sent', async () => {
    theirs.fill()
    const failed = await alice(['send', 'bob', 'no room', '--json'])
    expect([failed.code, codeIn(failed.stderr)]).toEqual([3, 'storage'])
    expect(failed.stderr).toContain('make room and try again')
    theirs.free()
    expect((await alice(['send', 'bob', 'room'])).code).toBe(0)
    expect(bodies((await bob(['receive', '--json'])).stdout)).toEqual(['room'])
  })

  test('that is read-only is said as such', async () => {
    theirs.remount('ro')
    const failed = await alice(['send', 'bob', 'unwritten', '--json'])
    theirs.remount('rw')
    expect([failed.code, codeIn(failed.stderr)]).toEqual([3, 'storage'])
    expect(failed.stderr).toContain('read-only')
  })

  test('of a reader acknowledges nothing, and a process that holds on has it all later', async () => {
    const held = start(['--profile', 'alice', 'rpc'], tight)
    keeperOfAlice = held
    expect(await call(held, 1, 'subscribe', {})).toContain('"result"')
    theirs.fill()
    for (const text of ['one', 'two', 'three']) {
      expect((await bob(['send', 'alice', text, '--json'])).code).toBe(0)
    }
    const failed = await call(held, 2, 'receive', { timeout: 20_000 })
    expect(failed).toContain('"code":"storage"')
    const here = lineOf(held, (line) => line.includes('"event"') && line.includes('"three"'))
    theirs.free()
    await here
    const answer = await call(held, 3, 'receive', { types: ['message'] })
    expect(bodies(answer).slice(-3)).toEqual(['one', 'two', 'three'])
  })

  test('of a server refuses what comes and hands out what it has; room mends it', async () => {
    expect((await alice(['send', 'bob', 'waits there'])).code).toBe(0)
    // What has room in a log that is there already would be taken: it is durable.
    emptyLog(join(servers.path, 'data/server.db'))
    servers.fill()
    const queued = await alice(['send', 'bob', 'refused', '--timeout', '2s', '--json'])
    expect([queued.code, codeIn(queued.stderr)]).toEqual([8, 'timeout'])
    expect(bodies((await bob(['receive', '--json'])).stdout)).toContain('waits there')
    expect(log).toContain('the disk is full: appends are refused')
    servers.free()
    expect((await alice(['send', 'bob', 'after'])).code).toBe(0)
    expect(bodies((await bob(['receive', '--json'])).stdout)).toEqual(['refused', 'after'])
  })

  test('under a download leaves no file of that name, and room lets it go on', async () => {
    const path = join(folder, 'letter.bin')
    const bytes = Buffer.alloc(400_000, 'letter')
    writeFileSync(path, bytes)
    const sent = await alice(['send', 'bob', '-f', path, '--json'])
    expect(sent.code).toBe(0)
    await bob(['receive'])
    const target = smallDisk('128k')
    try {
      const into = ['download', String(sent.lines[0]?.id), '-o', `${target.path}/`, '--json']
      const failed = await bob(into)
      expect([failed.code, codeIn(failed.stderr)]).toEqual([3, 'storage'])
      expect(() => readFileSync(join(target.path, 'letter.bin'))).toThrow('ENOENT')
      target.remount('size=1m')
      expect((await bob(into)).code).toBe(0)
      expect(readFileSync(join(target.path, 'letter.bin')).equals(bytes)).toBe(true)
    } finally {
      target.close()
    }
  })
})

test.skipIf(!can)(
  'results that a full disk does not take are no success, nor acknowledged',
  {
    timeout: 120_000,
  },
  async () => {
    expect((await alice(['send', 'bob', 'on paper'])).code).toBe(0)
    const full = openSync('/dev/full', 'w')
    const args = [PROGRAM, '--profile', 'bob', 'receive', '--json']
    const env = { PATH: process.env.PATH, ...roomy }
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', full, 'pipe'] })
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    await ended(child)
    expect(child.exitCode).toBe(3)
    expect(codeIn(stderr)).toBe('storage')
    expect(bodies((await bob(['receive', '--json'])).stdout)).toContain('on paper')
  },
)
