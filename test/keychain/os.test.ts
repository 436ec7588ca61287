import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { osKeychain } from '../../src/keychain/os.ts'
import { secretServiceMissing } from '../helpers/secret-service.ts'
import { keychainContract } from './contract.ts'

const requireAll = process.env.SOTTO_REQUIRE_ALL === '1'
const linux = process.platform === 'linux'
const folder = mkdtempSync(join(tmpdir(), 'keychain-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const reason = await secretServiceMissing()

if (reason === undefined || requireAll) {
  let entry = ''
  keychainContract('the OS keychain', {
    fresh() {
      entry = `test-${randomUUID()}`
      return osKeychain({ entry })
    },
    again: () => osKeychain({ entry }),
  })
} else {
  test.skip(`the OS keychain keeps the contract of a keychain: none reachable (${reason})`, () => {})
}

interface Answer {
  readonly code?: string
  readonly message?: string
  readonly found?: boolean
  readonly done?: string
  readonly ms: number
}

const CHILD = `exec "${process.execPath}" --import tsx "${resolve(import.meta.dirname, 'os-child.ts')}"`

function shell(script: string, env: NodeJS.ProcessEnv, bus: boolean): Answer {
  const { PATH, HOME } = process.env
  const options = { env: { PATH, HOME, ...env }, encoding: 'utf8' } as const
  const ran = bus
    ? spawnSync('dbus-run-session', ['--', 'sh', '-c', script], options)
    : spawnSync('sh', ['-c', script], options)
  const line = ran.stdout.split('\n').find((text) => text.startsWith('{'))
  if (line === undefined) throw new Error(`no answer: ${ran.stderr}`)
  return JSON.parse(line) as Answer
}

const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

/** Long enough for a slow machine, far shorter than waiting for anything. */
const AT_ONCE_MS = 5_000

describe.runIf(linux)('where no keychain can be used', () => {
  test('no session bus is an error at once, and it names the ways out', () => {
    const answer = shell(`${CHILD} nobody load`, { XDG_RUNTIME_DIR: folder }, false)
    expect(answer).toMatchObject({ code: 'keychain_missing' })
    expect(answer.message).toContain('--keychain file')
    expect(answer.ms).toBeLessThan(AT_ONCE_MS)
    expect(shell(`${CHILD} nobody save`, { XDG_RUNTIME_DIR: folder }, false)).toMatchObject({
      code: 'keychain_missing',
    })
  })

  const noBus = !has('dbus-run-session')
  test.skipIf(noBus && !requireAll)('a bus without a Secret Service is an error too', () => {
    const answer = shell(`${CHILD} nobody load`, { XDG_DATA_DIRS: folder }, true)
    expect(answer).toMatchObject({ code: 'keychain_missing' })
  })

  const noKeyring = noBus || !has('gnome-keyring-daemon')
  const home = { XDG_DATA_HOME: join(folder, 'data') }
  const unlocked = `printf %s pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null; ${CHILD}`
  const locked = `gnome-keyring-daemon --start --components=secrets >/dev/null; ${CHILD}`

  test.skipIf(noKeyring && !requireAll)('a locked keychain is never an empty one', () => {
    expect(shell(`${unlocked} somebody save`, home, true)).toMatchObject({ done: 'save' })
    expect(shell(`${locked} somebody load`, home, true)).toMatchObject({ code: 'keychain_locked' })
    expect(shell(`${locked} another load`, home, true)).toMatchObject({ code: 'keychain_locked' })
    expect(shell(`${locked} somebody save`, home, true)).toMatchObject({ code: 'keychain_locked' })
    expect(shell(`${unlocked} somebody load`, home, true)).toMatchObject({ found: true })
    expect(shell(`${unlocked} another load`, home, true)).toMatchObject({ found: false })
  })

  test.skipIf(noKeyring && !requireAll)('a Secret Service without a collection is an error', () => {
    const answer = shell(`${locked} nobody load`, { XDG_DATA_HOME: join(folder, 'new') }, true)
    expect(answer.code).toMatch(/^keychain_(missing|locked)$/)
  })
})
