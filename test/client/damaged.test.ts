// A profile whose files were damaged on the disk, with the program as it is run: it says so, destroys
// nothing more, `sotto doctor` names it, and a copy of the folder goes on.

import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
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
  // The server saw this opening: what is put back from here on is as new as it.
  rmSync(copy, { recursive: true })
  cpSync(profile, copy, { recursive: true })
}, 60_000)

test('a damaged log of a profile that was killed is an older profile, and can be mended', async () => {
  const held = start(['--profile', 'alice', 'rpc'], env)
  held.stdin?.write('{"jsonrpc":"2.0","id":1,"method":"status","params":{}}\n')
  await lineOf(held, (line) => line.includes('"id":1'))
  held.kill('SIGKILL')
  await ended(held)
  const { length } = readFileSync(`${path}-wal`)
  expect(length).toBeGreaterThan(0)
  writeFileSync(`${path}-wal`, randomBytes(length))
  const failed = await alice('send', 'bob', 'torn', '--json')
  expect(failed.stderr).toContain('"code":"profile_rolled_back"')
  expect((await alice('doctor', '--mend')).stdout).toContain('generation: mended')
}, 60_000)
