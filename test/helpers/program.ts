// The built program as its users run it: a process with arguments, streams and an exit code.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

export const PROGRAM = resolve(import.meta.dirname, '../../dist/sotto.cjs')

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** stdout as JSON Lines. */
  readonly lines: readonly Record<string, unknown>[]
}

/** Only what is named: a developer's own SOTTO_… variables must not reach a test. */
export type ProgramEnv = Readonly<Record<string, string>>

const environment = (env: ProgramEnv): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, ...env })

export function start(args: readonly string[], env: ProgramEnv, cwd = env.HOME): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], {
    env: environment(env),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
}

export function run(args: readonly string[], env: ProgramEnv, stdin = ''): Promise<Ran> {
  const child = start(args, env)
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  child.stdin?.on('error', () => undefined).end(stdin)
  return new Promise((done) => {
    child.once('close', (code) => {
      done({
        code,
        stdout,
        stderr,
        get lines() {
          const rows = stdout.split('\n').filter((line) => line.startsWith('{'))
          return rows.map((line) => JSON.parse(line) as Record<string, unknown>)
        },
      })
    })
  })
}

/** Resolves with the first line of `child`'s output that `wanted` accepts; fails if it ends first. */
export function lineOf(child: ChildProcess, wanted: (line: string) => boolean): Promise<string> {
  return new Promise((done, fail) => {
    let seen = ''
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        seen += `${line}\n`
        if (wanted(line)) done(line)
      })
    }
    child.once('exit', (code) => fail(new Error(`ended with ${code}:\n${seen}`)))
  })
}

export const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((done) => child.once('exit', () => done()))

/** Below the range from which the kernel takes ports for outgoing connections: while a server is
 *  down, none of its clients' sockets can come to sit on its port, or on the one above it. */
const FIRST_PORT = 20_000
const PORTS = 12_000

export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + 2 * randomInt(PORTS / 2)
    if ((await isFree(port)) && (await isFree(port + 1))) return port
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
  })
