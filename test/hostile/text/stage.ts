// Two real accounts on a real server: mallory fills alice's profile with everything hostile, and
// alice's commands run in this process on terminals that keep what was written to them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import type { Client, MessageJson } from '../../../src/client/api.ts'
import { openClient, registerProfile } from '../../../src/client/client.ts'
import { run } from '../../../src/commands/main.ts'
import { isMessage, newPerson, type Person, send } from '../../client/person.ts'
import { PROGRAM } from '../../helpers/program.ts'
import { startServer, type TestServer } from '../../helpers/server.ts'
import { CONTROLS, DECEPTIONS, SEQUENCES, SHORT_ATTACK, WIRE_ATTACK } from '../corpus.ts'

const EACH = Object.values({ ...SEQUENCES, ...DECEPTIONS })
const ALL_CONTROLS = CONTROLS.map(({ text }) => text).join(' ')
/** Each message is a commit on both sides; eight texts in one are as hostile as eight messages. */
const TEXTS_A_MESSAGE = 8
/** What mallory says: all that can be on the wire and is a text. */
const SAID: readonly string[] = [...chunked(EACH), ALL_CONTROLS].map((text) => text.toWellFormed())
/** One cluster each, as a reaction must be. */
const REACTIONS = ['\u05d0', `a${'\u0301'.repeat(20)}`, '\u{1f468}\u200d'.repeat(8)]
/** Names that a file system here can hold. */
const FILE_NAMES = [
  WIRE_ATTACK.replaceAll('/', ''),
  `photo\u202egpj.exe`,
  '-rf',
  `${'\u0301'.repeat(60)}.txt`,
  'a\nsotto: your key changed.txt',
]

export type Form = 'plain' | 'colour' | 'json'

export interface Shown {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface Performance {
  readonly form: Form
  readonly stdin?: string
  /** Ends the command when its output has this. */
  readonly until?: RegExp
}

export interface Stage {
  readonly server: TestServer
  readonly alice: Person
  readonly mallory: Person
  readonly folder: string
  /** What alice has of mallory, oldest first. */
  readonly received: readonly MessageJson[]
  readonly client: Client
  readonly attacker: Client
  /** Names of the files that mallory sent. */
  readonly sent: readonly string[]
  readonly env: Readonly<Record<string, string>>
  perform(argv: readonly string[], how: Performance): Promise<Shown>
  close(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const server = await startServer()
  const folder = mkdtempSync(join(tmpdir(), 'sotto-hostile-'))
  const people = [newPerson('alice'), newPerson('mallory')] as const
  for (const { name, options } of people) {
    const invite = await server.invite()
    await registerProfile({ ...options, name, server: server.url, deviceName: WIRE_ATTACK, invite })
  }
  const [alice, mallory] = people
  const client = await openClient({ ...alice.options, serve: true })
  const attacker = await openClient({ ...mallory.options, serve: true })
  await fill(client, attacker, folder)
  const { messages } = await client.call('history', { chat: 'mallory', limit: 1000 })
  const env = {
    HOME: alice.home,
    SOTTO_HOME: alice.home,
    SOTTO_PROFILE: 'alice',
    SOTTO_KEYCHAIN: 'file',
    SOTTO_PASSPHRASE: alice.options.passphrase?.environment ?? '',
  }
  return {
    server,
    alice,
    mallory,
    folder,
    received: messages.filter(({ direction }) => direction === 'in'),
    client,
    attacker,
    sent: FILE_NAMES,
    env,
    perform: (argv, how) => perform(argv, how, { env, cwd: folder }),
    async close() {
      await client.close()
      await attacker.close()
      await server.close()
      for (const person of people) person.forget()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function chunked(texts: readonly string[]): readonly string[] {
  const count = Math.ceil(texts.length / TEXTS_A_MESSAGE)
  return Array.from({ length: count }, (_, at) =>
    texts.slice(at * TEXTS_A_MESSAGE, (at + 1) * TEXTS_A_MESSAGE).join('\n'),
  )
}

/** By mallory: texts, edits, reactions, files, answers. By alice: an alias, notes, a timed one. */
async function fill(alice: Client, mallory: Client, folder: string): Promise<void> {
  await mallory.call('contact.add', { name: 'alice', text: WIRE_ATTACK })
  await arrived(alice, 1)
  await alice.call('contact.accept', { name: 'mallory' })
  await alice.call('contact.alias', { name: 'mallory', alias: SHORT_ATTACK.toWellFormed() })
  for (const text of SAID) await send(mallory, 'alice', text, { wait: 'queued' })
  const { message: edited } = await send(mallory, 'alice', 'harmless', { wait: 'queued' })
  await mallory.call('msg.edit', { id: edited?.id ?? '', text: WIRE_ATTACK })
  const { message: own } = await send(alice, 'mallory', WIRE_ATTACK)
  await arrived(mallory, 1)
  await send(mallory, 'alice', WIRE_ATTACK, { reply: own?.id })
  for (const emoji of REACTIONS) await mallory.call('msg.react', { id: own?.id ?? '', emoji })
  mkdirSync(join(folder, 'inbox'))
  const files = join(folder, 'sent')
  mkdirSync(files)
  for (const name of FILE_NAMES) {
    writeFileSync(join(files, name), WIRE_ATTACK)
    await send(mallory, 'alice', WIRE_ATTACK, { files: [join(files, name)] })
  }
  await arrived(alice, SAID.length + FILE_NAMES.length + 3)
  await send(alice, 'me', WIRE_ATTACK)
  const at = new Date(Date.now() + 3_600_000).toISOString()
  await send(alice, 'mallory', WIRE_ATTACK, { at, wait: 'queued' })
}

/** Until so many messages came, in all. */
async function arrived(client: Client, count: number): Promise<void> {
  let since = '0'
  for (let seen = 0; seen < count; ) {
    const { events, cursor } = await client.call('receive', { since, timeout: 20_000 })
    if (events.length === 0) throw new Error(`${seen} of ${count} came`)
    seen += events.filter((event) => isMessage(event) && event.direction === 'in').length
    since = cursor
  }
}

interface Place {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

const FORMS: Readonly<Record<Form, Readonly<Record<string, string>>>> = {
  plain: { NO_COLOR: '1' },
  colour: { FORCE_COLOR: '1' },
  json: { SOTTO_JSON: '1' },
}

async function perform(
  argv: readonly string[],
  { form, stdin, until }: Performance,
  { env, cwd }: Place,
): Promise<Shown> {
  const stop = new AbortController()
  const seen = (text: string): void => {
    if (until?.test(text) === true) stop.abort()
  }
  const [stdout, stderr] = [screen(seen), screen(seen)]
  const code = await run(
    argv,
    {
      env: { ...env, ...FORMS[form], SOTTO_TIMEOUT: '10s' },
      cwd,
      stdin: Object.assign(Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]), {
        isTTY: stdin !== undefined,
      }),
      stdout: stdout.stream,
      stderr: stderr.stream,
      now: Date.now,
      self: [process.execPath, PROGRAM],
      openClient,
      registerProfile,
    },
    stop.signal,
  )
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/** A terminal that keeps what was written to it. */
function screen(seen: (text: string) => void): { readonly stream: Writable; text(): string } {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
      seen(text)
    },
  })
  return { stream: Object.assign(stream, { isTTY: true, columns: 200 }), text: () => text }
}
