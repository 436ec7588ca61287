// A life of one account with real processes, from its registration to its last crash, on a machine
// that keeps core files. Everything secret in it is a canary.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { Client } from '../../../src/client/api.ts'
import { openKeychain } from '../../../src/client/keychains.ts'
import { profilePaths } from '../../../src/client/paths.ts'
import { isMessage, newPerson, type Person, register, send } from '../../client/person.ts'
import { ended, PROGRAM } from '../../helpers/program.ts'
import { startServer, type TestServer } from '../../helpers/server.ts'
import { byteNeedles, type Needle, textNeedles } from './needles.ts'
import { MARK, type Witness, watchProcesses } from './witness.ts'

const PASSPHRASE = 'canary-passphrase-tangerine-31415'
const HER_TEXT = 'canary-text-marmalade-27182'
const HIS_TEXT = 'canary-text-xylophone-16180'
const HER_FILE = 'canary-file-aubergine-14142.txt'
const HIS_FILE = 'canary-file-artichoke-17320.txt'
const FILE_TEXT = 'canary-content-pistachio-22360'
const ALIAS = 'canary-alias-rhubarb-26457'

/** Throws outside of everything that could catch it, with a text that nobody may see. */
const THROWER = `process.on('SIGUSR2', () => { JSON.parse('${HIS_TEXT}') })`

export interface Life {
  readonly folder: string
  readonly home: string
  readonly server: TestServer
  readonly witness: Witness
  readonly needles: readonly Needle[]
  /** What the daemons said on their streams. */
  readonly said: () => Buffer
  /** A daemon on its profile, ready. */
  daemon(env?: Readonly<Record<string, string>>): Promise<ChildProcess>
  /** A command that succeeds; its stdout. */
  sotto(args: readonly string[], stdin?: string): Promise<string>
  call(method: string, params: object): Promise<unknown>
  /** Ends it as that does; the core file it left, if this machine keeps them. */
  crash(daemon: ChildProcess, signal: NodeJS.Signals): Promise<string | undefined>
  end(): Promise<void>
}

export async function beginLife(): Promise<Life> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-life-'))
  const [home, work] = [join(folder, 'home'), join(folder, 'work')]
  for (const path of [home, work, join(folder, 'chosen'), join(folder, 'hers')]) mkdirSync(path)
  const server = await startServer({ registration: 'open' })
  const mark = randomBytes(8).toString('hex')
  const witness = watchProcesses(mark, join(folder, 'chosen'))
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: work,
    SOTTO_HOME: join(home, 'sotto'),
    SOTTO_PROFILE: 'alice',
    SOTTO_KEYCHAIN: 'file',
    [MARK]: mark,
  }
  const said: Buffer[] = []
  const daemons: ChildProcess[] = []
  const start = (args: readonly string[], more: NodeJS.ProcessEnv = {}): ChildProcess => {
    // As on a machine that keeps core files, whatever this one does.
    const shell = ['-c', 'ulimit -c unlimited 2>/dev/null; exec "$0" "$@"', process.execPath]
    const child = spawn('bash', [...shell, PROGRAM, ...args, '--passphrase-fd', '3'], {
      env: { ...env, ...more },
      cwd: work,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const descriptor = child.stdio[3] as Writable
    descriptor.on('error', () => undefined)
    descriptor.end(`${PASSPHRASE}\n`)
    return child
  }
  const sotto = (args: readonly string[], stdin = ''): Promise<string> => {
    const child = start(args)
    child.stdin?.on('error', () => undefined).end(stdin)
    return outputOf(child, args.join(' '))
  }
  const life: Life = {
    folder,
    home,
    server,
    witness,
    needles: [],
    said: () => Buffer.concat(said),
    sotto,
    async daemon(more = {}) {
      const child = start(['daemon', 'run'], more)
      daemons.push(child)
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => said.push(chunk))
      }
      await new Promise<void>((ready, fail) => {
        child.stderr?.on('data', (chunk: Buffer) => {
          if (chunk.includes('ready')) ready()
        })
        child.once('exit', (code) => fail(new Error(`ended with ${code}: ${said.join('')}`)))
      })
      return child
    },
    async call(method, params) {
      const line = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
      const answer = JSON.parse(await sotto(['rpc'], `${line}\n`))
      if (answer.error !== undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`)
      return answer.result
    },
    async crash(daemon, signal) {
      const core = join(work, 'core')
      rmSync(core, { force: true })
      daemon.kill(signal)
      await ended(daemon)
      return [core, `${core}.${daemon.pid}`].find((path) => existsSync(path))
    },
    async end() {
      for (const child of daemons) child.kill('SIGKILL')
      witness.stop()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await sotto(['register', 'alice', '--server', server.url])
  return { ...life, needles: [...TEXTS, ...(await keyNeedles(join(home, 'sotto')))] }
}

const TEXTS: readonly Needle[] = Object.entries({
  'the passphrase': PASSPHRASE,
  'her text': HER_TEXT,
  'his text': HIS_TEXT,
  'her file’s name': HER_FILE,
  'his file’s name': HIS_FILE,
  'a file’s content': FILE_TEXT,
  'an alias': ALIAS,
}).flatMap(([name, text]) => textNeedles(name, text))

/** As the program itself reads them, with the passphrase. */
async function keyNeedles(home: string): Promise<readonly Needle[]> {
  const options = {
    home,
    profile: 'alice',
    serve: false,
    passphrase: { environment: PASSPHRASE },
  } as const
  const choice = { kind: 'file', entry: '' } as const
  const keychain = await openKeychain(choice, profilePaths(home, 'alice'), options)
  const secrets = await keychain.load()
  if (secrets?.accountSeed === undefined) throw new Error('no secrets')
  const { accountSeed, agreementSeed, databaseKey, signingSeed } = secrets
  return Object.entries({ accountSeed, agreementSeed, databaseKey, signingSeed }).flatMap(
    ([name, key]) => byteNeedles(`the key ${name}`, Buffer.from(key)),
  )
}

/** All that an account does, with a daemon running. Returns the recovery key, which was shown. */
export async function live(life: Life): Promise<readonly Needle[]> {
  const { folder, server, sotto, call } = life
  const key = (await sotto(['account', 'recovery-key'])).trim()
  const bob = newPerson('bob')
  await register(bob, server)
  const his = await bob.open({ serve: true })
  try {
    await sotto(['contact', 'add', 'bob'])
    await his.call('receive', { timeout: 15_000 })
    await his.call('contact.accept', { name: 'alice' })
    await call('contact.alias', { name: 'bob', alias: ALIAS })
    await sotto(['send', 'bob', '-'], HER_TEXT)
    const path = join(folder, 'hers', HER_FILE)
    writeFileSync(path, FILE_TEXT)
    const sent = { to: ['bob'], text: HER_TEXT, files: [path], idempotencyKey: 'a file' }
    await call('send', { ...sent, wait: 'stored' })
    await answer(bob, his)
    await receive(life)
  } finally {
    await his.close()
    bob.forget()
  }
  await call('screen.keep', { state: HER_TEXT })
  await call('search', { query: HIS_TEXT })
  await call('export', { chat: 'bob', format: 'md', output: join(folder, 'chosen', 'bob.md') })
  await sotto(['history', 'bob'])
  await sotto(['doctor'])
  return [...textNeedles('the recovery key', key), ...textNeedles('it', key.replaceAll('-', ''))]
}

async function answer({ home }: Person, his: Client): Promise<void> {
  await send(his, 'alice', HIS_TEXT)
  const path = join(home, HIS_FILE)
  writeFileSync(path, FILE_TEXT)
  await send(his, 'alice', HIS_TEXT, { files: [path] })
}

/** By a command for each event, which gets them on its stdin and is seen by everybody. */
async function receive({ folder, sotto, call }: Life): Promise<void> {
  const hook = `sh -c 'cat > /dev/null; echo complains >&2'`
  for (let count = 0; count < 2; ) {
    const shown = await sotto(['receive', '--timeout', '15s', '--exec', hook, '--json'])
    const events = shown.split('\n').filter((line) => line !== '')
    const messages = events.map((line) => JSON.parse(line)).filter(isMessage)
    count += messages.filter(({ direction }) => direction === 'in').length
    for (const { id, attachments } of messages) {
      if (attachments.length > 0) await call('download', { id, output: join(folder, 'chosen') })
    }
  }
  const saved = readFileSync(join(folder, 'chosen', HIS_FILE), 'utf8')
  if (saved !== FILE_TEXT) throw new Error('the file is another one')
}

/** For a daemon that throws when it is told to. */
export function throwing(folder: string): Readonly<Record<string, string>> {
  const path = join(folder, 'thrower.mjs')
  writeFileSync(path, THROWER)
  return { NODE_OPTIONS: `--import ${path}` }
}

function outputOf(child: ChildProcess, what: string): Promise<string> {
  let [stdout, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return new Promise((done, fail) => {
    child.once('close', (code) => {
      if (code === 0) done(stdout)
      else fail(new Error(`sotto ${what}: ${code}\n${stderr}`))
    })
  })
}
