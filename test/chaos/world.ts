// A world of real processes for the chaos program: a server and two accounts, each of which may be
// killed at any moment and is started again. Everything goes through the program that users run.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ended, freePort, PROGRAM } from '../helpers/program.ts'

export interface World {
  readonly folder: string
  readonly url: string
  readonly server: Supervised
  run(account: string, args: readonly string[]): Promise<string>
  rpc(account: string): Rpc
  close(): Promise<void>
}

/** A process that is started again whenever it ends, until it is stopped. */
export interface Supervised {
  kill(): Promise<void>
  ready(): Promise<void>
  stop(): Promise<void>
}

export interface Rpc extends Supervised {
  call(method: string, params: object): Promise<Record<string, unknown>>
}

const environment = (folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: folder,
  SOTTO_HOME: join(folder, 'home'),
  SOTTO_PASSPHRASE: 'chaos and order',
  SOTTO_KEYCHAIN: 'file',
})

/** A supervised child whose readiness is a line of its output. */
function supervise(start: () => ChildProcess, isReady: (line: string) => boolean): Supervised {
  let child: ChildProcess | undefined
  let ready: Promise<void>
  let stopped = false
  const launch = (): void => {
    const fresh = start()
    child = fresh
    ready = new Promise((done, fail) => {
      const output = fresh.stdout
      if (output === null) return fail(new Error('no output'))
      createInterface({ input: output }).on('line', (line) => {
        if (isReady(line)) done()
      })
      fresh.once('exit', (code) => fail(new Error(`ended with ${code} before it was ready`)))
    })
    ready.catch(() => undefined)
    fresh.once('exit', () => {
      if (!stopped) launch()
    })
  }
  launch()
  return {
    ready: () => ready,
    async kill() {
      const victim = child
      victim?.kill('SIGKILL')
      if (victim) await ended(victim)
    },
    async stop() {
      stopped = true
      child?.kill('SIGTERM')
      if (child) await ended(child)
    },
  }
}

interface Waiting {
  readonly line: string
  readonly done: (value: Record<string, unknown>) => void
  readonly fail: (error: Error) => void
}

/** `sotto rpc` whose calls survive its death: what was not answered is asked again, in order. */
function superviseRpc(start: () => ChildProcess): Rpc {
  const waiting = new Map<number, Waiting>()
  let child: ChildProcess
  let next = 1
  let stopped = false
  const launch = (): void => {
    child = start()
    const output = child.stdout
    child.stdin?.on('error', () => undefined)
    if (output) createInterface({ input: output }).on('line', answer)
    for (const { line } of waiting.values()) child.stdin?.write(line)
    child.once('exit', () => {
      if (!stopped) launch()
    })
  }
  const answer = (line: string): void => {
    const reply = JSON.parse(line) as { id?: number; result?: never; error?: { message: string } }
    const call = waiting.get(reply.id ?? -1)
    if (!call || reply.id === undefined) return
    waiting.delete(reply.id)
    if (reply.error) call.fail(new Error(JSON.stringify(reply.error)))
    else call.done(reply.result ?? {})
  }
  launch()
  return {
    ready: () => Promise.resolve(),
    call(method, params) {
      const id = next
      next += 1
      const line = `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`
      return new Promise((done, fail) => {
        waiting.set(id, { line, done, fail })
        child.stdin?.write(line)
      })
    },
    async kill() {
      const victim = child
      victim.kill('SIGKILL')
      await ended(victim)
    },
    async stop() {
      stopped = true
      child.stdin?.end()
      child.kill('SIGTERM')
      await ended(child)
    },
  }
}

export async function makeWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-chaos-'))
  const env = environment(folder)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const sotto = (args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const server = supervise(
    () =>
      sotto([
        'server',
        'run',
        '--json',
        '--listen',
        `127.0.0.1:${port}`,
        '--data',
        join(folder, 'server'),
        '--registration',
        'open',
      ]),
    (line) => line.includes(url),
  )
  await server.ready()
  return {
    folder,
    url,
    server,
    run: (account, args) =>
      new Promise((done, fail) => {
        execFile(
          process.execPath,
          [PROGRAM, '--profile', account, ...args],
          { env },
          (error, stdout, stderr) =>
            error ? fail(new Error(`${error.message}\n${stderr}`)) : done(stdout),
        )
      }),
    rpc: (account) => superviseRpc(() => sotto(['--profile', account, 'rpc'])),
    async close() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
