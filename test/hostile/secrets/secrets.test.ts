// L1, L6, L8: after a whole life nothing secret is anywhere but where it belongs: in no file, no core
// file, no log, and in no process’s arguments or environment.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { FAILURES } from '../../../src/client/api.ts'
import { ended, lineOf } from '../../helpers/program.ts'
import { beginLife, type Life, live, throwing } from './life.ts'
import { foundIn, type Needle, textNeedles } from './needles.ts'
import { leaksBelow, recentLeaks } from './places.ts'
import { MARK, watchProcesses } from './witness.ts'

const began = Date.now()
let life: Life
let needles: readonly Needle[]

beforeAll(async () => {
  life = await beginLife()
  needles = life.needles
}, 60_000)
afterAll(() => life?.end())

/** Everywhere but in the folders that she chose for files of hers. */
const leaks = () => [
  ...['home', 'work'].flatMap((name) => leaksBelow(join(life.folder, name), needles)),
  ...leaksBelow(life.server.data, needles),
  ...[tmpdir(), '/dev/shm', '/var/tmp'].flatMap((path) => recentLeaks(path, began, needles)),
  ...life.witness.leaks(needles),
  ...foundIn(life.said(), needles).map((what) => ({ place: 'what a daemon said', what })),
]

/** Why a crash here leaves no core file that could be looked at. */
function coresMissing(): string | undefined {
  if (!existsSync('/proc/self/coredump_filter')) return 'no Linux'
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim()
  if (!/^core(\.%p)?$/.test(pattern)) return `core files go to ${pattern}`
  const limit = /^Max core file size +\S+ +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  return limit?.[1] === 'unlimited' ? undefined : 'core files are limited here'
}
const noCores = coresMissing()

async function crash(daemon: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const core = await life.crash(daemon, signal)
  // That it is there is what makes it worth looking at.
  const dumps = signal === 'SIGABRT' || signal === 'SIGSEGV'
  if (noCores === undefined) expect(core !== undefined).toBe(dumps)
  expect(leaks()).toEqual([])
}

describe.sequential('after a whole life', { timeout: 120_000 }, () => {
  test('and while it goes on, and when it ends by SIGABRT, nothing of it is in the open', async () => {
    const daemon = await life.daemon()
    needles = [...needles, ...(await live(life))]
    expect(existsSync(join(life.home, 'sotto/alice/profile.db-wal'))).toBe(true)
    expect(leaks()).toEqual([])
    await crash(daemon, 'SIGABRT')
    expect(life.witness.seen).toBeGreaterThan(12)
  })

  test('that ends by an error that nobody caught', async () => {
    const daemon = await life.daemon(throwing(life.folder))
    daemon.kill('SIGUSR2')
    await ended(daemon)
    expect(daemon.exitCode).toBe(FAILURES.bug)
    expect(life.said().toString()).toContain('An unexpected error.')
    expect(leaks()).toEqual([])
    const log = readFileSync(join(life.home, 'sotto/alice/sotto.log'), 'utf8')
    expect(log).toContain('SyntaxError')
  })

  // On demand, and so no test at all otherwise: one that is skipped is one that is owed.
  const onDemand =
    process.env.SOTTO_DEEP === '1' ? (['SIGSEGV', 'SIGKILL', 'SIGTERM'] as const) : []
  test.each(onDemand)('that ends by %s', async (signal) => crash(await life.daemon(), signal))

  if (noCores !== undefined) test.skip(`core files were not looked at: ${noCores}`, () => {})
})

describe('what is planted is found', () => {
  const CANARY = 'canary-planted-satsuma-57721'
  const planted = textNeedles('it', CANARY)

  test('in a file and in its name, in each form and wherever in a text it stands', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-planted-'))
    const text = Buffer.from(`{"x":"${CANARY}"}`)
    const utf16 = Buffer.from(text.toString(), 'utf16le')
    const forms: Record<string, Buffer> = {
      plain: text,
      hex: Buffer.from(text.toString('hex')),
      utf16,
      'utf16 the other way': Buffer.from(utf16).swap16(),
      'utf16 in base64': Buffer.from(utf16.toString('base64')),
    }
    for (let shift = 0; shift < 3; shift += 1) {
      const shifted = Buffer.concat([Buffer.alloc(shift), text])
      forms[`base64 ${shift}`] = Buffer.from(shifted.toString('base64'))
      forms[`base64 for URLs ${shift}`] = Buffer.from(shifted.toString('base64url'))
    }
    for (const [form, bytes] of Object.entries(forms)) {
      writeFileSync(join(folder, 'file'), Buffer.concat([Buffer.alloc(4096), bytes]))
      expect(leaksBelow(folder, planted), form).not.toEqual([])
    }
    rmSync(join(folder, 'file'))
    expect(leaksBelow(folder, planted)).toEqual([])
    mkdirSync(join(folder, CANARY))
    expect(leaksBelow(folder, planted)).toHaveLength(1)
    rmSync(folder, { recursive: true })
  })

  test('in a process, its deleted file and its core file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-planted-'))
    const witness = watchProcesses('planted', '/nowhere')
    const script =
      'ulimit -c unlimited 2>/dev/null; exec 5<>gone; printf %s $0 >&5; rm gone; echo there; read x; kill -ABRT $$'
    const child = spawn('bash', ['-c', script, CANARY], {
      cwd: folder,
      env: { PATH: process.env.PATH, [MARK]: 'planted', LEAK: CANARY },
    })
    await lineOf(child, () => true)
    const places = (): readonly string[] => {
      witness.look()
      return witness.leaks(planted).map(({ place }) => place.split(' ')[0] ?? '')
    }
    await vi.waitFor(() => {
      expect([...new Set(places())].sort()).toEqual(['arguments', 'deleted', 'environment'])
    }, 20_000)
    witness.stop()
    child.stdin.end('go\n')
    await ended(child)
    if (noCores === undefined) expect(leaksBelow(folder, planted)).not.toEqual([])
    rmSync(folder, { recursive: true })
  })
})
