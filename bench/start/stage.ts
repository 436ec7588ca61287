// A server and two people who write to a third: one with her secrets in the OS keychain, one with
// his in a sealed file.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

type Env = Readonly<Record<string, string>>

export interface Person {
  readonly env: Env
}

interface Daemon {
  stop(): Promise<void>
}

interface Stage {
  readonly program: string
  readonly keyring: Person
  readonly sealed: Person
  /** Ready when this resolves. */
  daemon(of: Person): Promise<Daemon>
  close(): Promise<void>
}

const PASSPHRASE = 'sings in the bath'

export async function openStage(program: string): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'))
  const person = (name: string, keychain: 'os' | 'file'): Person => {
    mkdirSync(join(folder, name))
    return { env: environment(join(folder, name), keychain) }
  }
  const [keyring, sealed, bob] = [
    person('alice', 'os'),
    person('carol', 'file'),
    person('bob', 'file'),
  ] as const
  const run = (args: readonly string[], { env }: Person): void => {
    const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
      env: { PATH: process.env.PATH, ...env },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`sotto ${args.join(' ')}: ${status}\n${stderr}`)
  }
  const where = ['--data', join(folder, 'server'), '--registration', 'open']
  const server = spawnIn(program, ['server', 'run', '--listen', '127.0.0.1:0', ...where], bob.env)
  const address = /http:\/\/127\.0\.0\.1:\d+/
  const url = (await lineOf(server, address)).match(address)?.[0] ?? ''
  const people = { alice: keyring, carol: sealed, bob }
  for (const [name, who] of Object.entries(people)) run(['register', name, '--server', url], who)
  for (const who of [keyring, sealed]) run(['contact', 'add', 'bob'], who)
  run(['receive'], bob)
  for (const name of ['alice', 'carol']) run(['contact', 'accept', name], bob)
  for (const who of [keyring, sealed]) run(['receive'], who)
  return {
    program,
    keyring,
    sealed,
    async daemon({ env }) {
      const child = spawnIn(program, ['daemon', 'run'], env)
      await lineOf(child, /./)
      return { stop: () => stopped(child) }
    },
    async close() {
      await stopped(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function environment(home: string, keychain: 'os' | 'file'): Env {
  const bus = process.env.DBUS_SESSION_BUS_ADDRESS ?? ''
  return {
    HOME: home,
    SOTTO_HOME: join(home, 'sotto'),
    SOTTO_KEYCHAIN: keychain,
    ...(keychain === 'file' ? { SOTTO_PASSPHRASE: PASSPHRASE } : { DBUS_SESSION_BUS_ADDRESS: bus }),
  }
}

const spawnIn = (program: string, args: readonly string[], env: Env): ChildProcess =>
  spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

function lineOf(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((done, fail) => {
    let seen = ''
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        seen += `${line}\n`
        if (wanted.test(line)) done(line)
      })
    }
    child.once('exit', (code) => fail(new Error(`ended with ${code}:\n${seen}`)))
  })
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}
