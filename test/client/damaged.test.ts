// A profile whose files were damaged on the disk, with the program as it is run: it says so, destroys
// nothing more, `sotto doctor` names it, and a copy of the folder goes on.

import { randomBytes } from 'node:crypto'
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ended, lineOf, type ProgramEnv, type Ran, run, start } from '../helpers/program.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const PAGE = 4096
const folder = mkdtempSync(join(tmpdir(), 'sotto-damaged-'))
const env: ProgramEnv = {
  HOME: folder,
  SOTTO_HOME: join(folder, 'home'),
  SOTTO_KEYCHAIN: 'file',
  SOTTO_PASSPHRASE: 'pages and leaves',
}
const profile = join(folder, 'home/alice')
const copy = join(folder, 'copy')
const path = join(profile, 'profile.db')
let server: TestServer

const alice = (...args: readonly string[]): Promise<Ran> =>
  run(['--profile', 'alice', ...args], env)

beforeAll(async () => {
  server = await startServer({ registration: 'open' })
  for (const name of ['alice', 'bob']) {
    const args = ['--profile', name, 'register', name, '--server', server.url]
    expect((await run(args, env)).code).toBe(0)
  }
  expect((await alice('send', 'bob', 'whole')).code).toBe(0)
  cpSync(profile, copy, { recursive: true })
}, 120_000)
afterEach(() => {
  rmSync(profile, { recursive: true, force: true })
  cpSync(copy, profile, { recursive: true })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const overwrite = (from: number, bytes: Uint8Array): void => {
  const file = readFileSync(path)
  file.set(bytes, from)
  writeFileSync(path, file)
}

const DAMAGES: readonly (readonly [string, string, () => void])[] = [
  ['whose first page is noise', 'send bob torn --json', () => overwrite(0, randomBytes(PAGE))],
  ['whose second page is zeroes', 'doctor', () => overwrite(PAGE, new Uint8Array(PAGE))],
  ['that was cut off', 'doctor', () => truncateSync(path, 5 * PAGE)],
  ['that is empty', 'send bob torn --json', () => truncateSync(path)],
]

test.each(DAMAGES)(
  'a database %s is named by `sotto %s`, and stays as it is',
  async (...given) => {
    const [, command, damage] = given
    damage()
    const before = readFileSync(path)
    const { code, stdout, stderr } = await alice(...command.split(' '))
    expect(code).toBe(3)
    expect(stdout + stderr).toMatch(/(^BAD |"code":"storage").*database is damaged/m)
    expect(stdout + stderr).not.toMatch(/SQLITE|\n {4}at /)
    expect(readFileSync(path).equals(before)).toBe(true)
  },
  60_000,
)

test('pages of tables that do not read are found by the doctor, page by page', async () => {
  const { length } = readFileSync(path)
  const behind = 40 * PAGE
  overwrite(behind, randomBytes(length - behind))
  const doctor = await alice('doctor')
  expect(doctor.code).toBe(3)
  expect(doctor.stdout).toMatch(/^BAD .*(database: 1 faults|database is damaged)/m)
}, 60_000)

test('a copy of the folder that was made at rest goes on where it was', async () => {
  expect((await alice('send', 'bob', 'again')).code).toBe(0)
  keep()
}, 60_000)

/** The server saw this opening: what is put back from here on must be as new as it. */
function keep(): void {
  rmSync(copy, { recursive: true })
  cpSync(profile, copy, { recursive: true })
}

const FRAME = 24 + PAGE
/** The byte `at` of frame `number`, counted from 1. */
const flipInLog = (number: number, at: number): void => {
  const log = readFileSync(`${path}-wal`)
  const place = 32 + (number - 1) * FRAME + at
  log[place] = (log[place] ?? 0) ^ 1
  writeFileSync(`${path}-wal`, log)
}
const framesOfLog = (): number => Math.floor((statSync(`${path}-wal`).size - 32) / FRAME)

/** A profile that said something, and was killed. */
async function killed(): Promise<void> {
  const held = start(['--profile', 'alice', 'rpc'], env)
  const ask = async (id: number, method: string, params: object): Promise<string> => {
    held.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    return lineOf(held, (line) => line.includes(`"id":${id}`))
  }
  for (const id of [1, 2]) {
    const said = await ask(id, 'send', {
      to: ['bob'],
      text: `said ${id}`,
      wait: 'stored',
      idempotencyKey: `key ${id} ${Math.random()}`,
    })
    expect(said).toContain('"status":"stored"')
  }
  held.kill('SIGKILL')
  await ended(held)
  expect(framesOfLog()).toBeGreaterThan(10)
}

const LOG_DAMAGES: readonly (readonly [string, () => void])[] = [
  ['all of it', () => writeFileSync(`${path}-wal`, randomBytes(32 + 20 * FRAME))],
  ['its header', () => writeFileSync(`${path}-wal`, damagedHeader())],
  ['a page in the middle', () => flipInLog(Math.floor(framesOfLog() / 2), 24 + 1_000)],
  ['the last page', () => flipInLog(framesOfLog(), 24 + 1_000)],
  ['the checksum of the last page', () => flipInLog(framesOfLog(), 16)],
]
function damagedHeader(): Buffer {
  const log = readFileSync(`${path}-wal`)
  log[20] = (log[20] ?? 0) ^ 1
  return log
}

test.each(LOG_DAMAGES)(
  'a log of a profile that was killed, damaged in %s, is an older profile, and can be mended (I3)',
  async (_what, damage) => {
    await killed()
    damage()
    for (const again of ['torn', 'torn again']) {
      const failed = await alice('send', 'bob', again, '--json')
      expect(failed.stderr).toContain('"code":"profile_rolled_back"')
    }
    const doctor = await alice('doctor')
    expect(doctor.code).not.toBe(0)
    expect((await alice('doctor', '--mend')).stdout).toContain('generation: mended')
    expect((await alice('send', 'bob', 'mended')).code).toBe(0)
    keep()
  },
  60_000,
)

test('a log of a profile that was killed goes on where it was', async () => {
  await killed()
  expect((await alice('send', 'bob', 'and on')).code).toBe(0)
  const history = await alice('history', 'bob')
  expect(history.stdout).toMatch(/said 1[\s\S]*said 2[\s\S]*and on/)
  keep()
}, 60_000)
