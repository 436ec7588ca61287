// Golden transcripts: the real program, real processes, a real server. What stands in
// transcripts/*.txt is the interface that scripts are written against. After a wanted change:
// SOTTO_TRANSCRIPTS=write npx vitest run test/commands/transcripts.test.ts, and read the diff.

import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ended, lineOf, type ProgramEnv, type Ran, start } from '../helpers/program.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { openTranscript, type Transcript } from './transcript.ts'

let folder: string
let server: TestServer
const daemons: ChildProcess[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sotto-transcripts-'))
  server = await startServer({ registration: 'open' })
})

afterAll(async () => {
  for (const daemon of daemons) daemon.kill('SIGTERM')
  await Promise.all(daemons.map(ended))
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const envOf = (name: string): ProgramEnv => {
  const home = join(folder, name)
  mkdirSync(home, { recursive: true })
  return {
    HOME: home,
    SOTTO_HOME: join(home, 'sotto'),
    SOTTO_KEYCHAIN: 'file',
    SOTTO_PASSPHRASE: `the passphrase of ${name}`,
    TZ: 'UTC',
  }
}

/** Holds the profile, so that forty commands do not stretch the passphrase forty times. */
async function hold(who: ProgramEnv): Promise<void> {
  const daemon = start(['daemon', 'run'], who)
  daemons.push(daemon)
  await lineOf(daemon, (line) => line.includes('ready'))
}

const idOf = (ran: Ran): string => {
  const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(ran.stdout)?.[0]
  if (id === undefined) throw new Error(`no id in ${ran.stdout}${ran.stderr}`)
  return id
}

type Say = (args: readonly string[], stdin?: string) => Promise<Ran>

/** Two people, and every command that one of them has for the other. */
async function story(transcript: Transcript, prefix: string, json: boolean): Promise<void> {
  const names = [`${prefix}ann`, `${prefix}ben`] as const
  const envs = names.map(envOf)
  const [ann, ben] = names.map(
    (name, at): Say =>
      (args, stdin) =>
        transcript.step({
          who: envs[at] ?? {},
          name,
          args: json ? [...args, '--json'] : args,
          ...(stdin === undefined ? {} : { stdin }),
        }),
  )
  if (ann === undefined || ben === undefined) throw new Error('two people')
  const [a, b] = names
  await ann(['register', a, '--server', server.url, '--device-name', 'desk'])
  await ben(['register', b, '--server', server.url, '--device-name', 'phone'])
  await Promise.all(envs.map(hold))
  await introductions(ann, ben, a, b)
  await messages(ann, ben, a, b)
  await settings(ann, b)
}

async function introductions(ann: Say, ben: Say, a: string, b: string): Promise<void> {
  await ann(['contact', 'add', b, 'may I?'])
  await ben(['receive', '--types', 'message', '--timeout', '20s'])
  await ben(['contact', 'list'])
  await ben(['contact', 'accept', a])
  await ann(['receive', '--types', 'contact_accepted', '--timeout', '20s'])
  await ann(['contact', 'alias', b, 'benny'])
  await ann(['contact', 'alias', b])
  await ann(['verify', b])
  await ann(['verify', b, '--yes'])
  await ann(['contact', 'block', b])
  await ann(['contact', 'unblock', b])
  await ann(['contact', 'list'])
}

async function messages(ann: Say, ben: Say, a: string, b: string): Promise<void> {
  const hello = idOf(
    await ann(['send', b, 'hello, ben', '--wait', 'delivered', '--timeout', '20s']),
  )
  await ben(['receive', '--types', 'message', '--timeout', '20s'])
  const hostile = 'two lines\n\x1b]0;title\x07and a \u202etrick'
  await ben(['send', a, '-', '--reply', hello, '--wait', 'delivered', '--timeout', '20s'], hostile)
  const { stdout } = await ann(['receive', '--types', 'message', '--timeout', '20s'])
  expect(stdout).not.toMatch(/\x1b|\x07|\u202e/)
  await ann(['msg', 'edit', hello, 'hello, Ben'])
  await ben(['receive', '--types', 'edit', '--timeout', '20s'])
  await ben(['msg', 'react', hello, '👍'])
  await ann(['receive', '--types', 'reaction', '--timeout', '20s'])
  await ben(['msg', 'unreact', hello, '👍'])
  await ann(['msg', 'pin', hello])
  await ann(['msg', 'show', hello])
  await ann(['msg', 'unpin', hello])
  const path = join(folder, `letter-${a}.txt`)
  writeFileSync(path, 'a letter\n')
  const letter = idOf(
    await ann(['send', b, 'read this', '-f', path, '--wait', 'delivered', '--timeout', '20s']),
  )
  await ben(['receive', '--types', 'message', '--timeout', '20s'])
  await ben(['download', letter, '-o', join(folder, `saved-${b}.txt`), '--quiet'])
  await ben(['history', a, '--limit', '3'])
  await ben(['search', 'letter'])
  await ben(['search', 'Ben', '--from', a])
  await ann(['msg', 'forward', hello, 'me', '--idempotency-key', 'once'])
  await ann(['msg', 'delete', hello, '--for-everyone'])
  await ben(['receive', '--types', 'delete', '--timeout', '20s'])
  await ben(['msg', 'show', hello])
}

async function settings(ann: Say, b: string): Promise<void> {
  await ann(['chats'])
  await ann(['chat', 'show', b])
  await ann(['chat', 'mute', b, '--for', '1h'])
  await ann(['chat', 'mute', b, '--off'])
  await ann(['chat', 'pin', b])
  await ann(['chat', 'pin', b, '--off'])
  await ann(['chat', 'archive', b])
  await ann(['chats', '--archived'])
  await ann(['chat', 'archive', b, '--off'])
  await ann(['chat', 'expire', b, '7d'])
  await ann(['chat', 'expire', b, 'off'])
  await ann(['chat', 'read', b])
  await ann(['chat', 'delete', b, '--yes'])
  await ann(['contact', 'remove', b])
  await ann(['account', 'recovery-key'])
  await ann(['config', 'set', 'send.wait', 'stored'])
  await ann(['config', 'get', 'send.wait'])
  await ann(['config', 'list'])
  await ann(['config', 'path'])
  await ann(['daemon', 'stop'])
  await ann(['daemon', 'status'])
  await ann(['doctor'])
  await ann(['account', 'delete'])
}

describe('what the program says', () => {
  test.concurrent('in text', { timeout: 120_000 }, async () => {
    const transcript = openTranscript('story.txt', folder)
    await story(transcript, '', false)
    transcript.compare()
  })

  test.concurrent('in JSON', { timeout: 120_000 }, async () => {
    const transcript = openTranscript('story.json.txt', folder)
    await story(transcript, 'j', true)
    transcript.compare()
  })

  test.concurrent('of itself', { timeout: 120_000 }, async () => {
    const transcript = openTranscript('help.txt', folder)
    const who = envOf('nobody')
    for (const args of [
      ['help'],
      ['help', 'send'],
      ['receive', '--help'],
      ['help', 'chat'],
      ['help', 'server'],
      ['help', 'exit-codes'],
      ['help', 'environment'],
      ['help', 'formatting'],
      ['completion', 'bash'],
      ['completion', 'zsh'],
      ['completion', 'fish'],
      ['__complete', '--', 'con'],
      ['__complete', '--', 'send', '--wa'],
      ['__complete', '--', 'send', '--wait', ''],
      ['__complete', '--', 'download', 'x', '-o', ''],
      ['--version'],
    ]) {
      await transcript.step({ who, name: '', args })
    }
    transcript.compare()
  })

  test.concurrent('to an operator', { timeout: 120_000 }, async () => {
    const transcript = openTranscript('operator.txt', folder)
    const who = { HOME: folder, TZ: 'UTC' }
    const own = await startServer({ registration: 'open', data: join(folder, 'operator') })
    const at = ['--data', own.data]
    const step = (...args: readonly string[]): Promise<Ran> =>
      transcript.step({ who, name: '', args: [...args, ...at] })
    const zoe = envOf('zoe')
    await transcript.step({
      who: zoe,
      name: 'zoe',
      args: ['register', 'zoe', '--server', own.url, '--device-name', 'desk'],
    })
    await step('server', 'user', 'list')
    await step('server', 'user', 'list', '--json')
    await step('server', 'user', 'show', 'zoe')
    await step('server', 'user', 'disable', 'zoe')
    await transcript.step({ who: zoe, name: 'zoe', args: ['contact', 'add', 'amy'] })
    await step('server', 'user', 'enable', 'zoe')
    const made = await step('server', 'invite', 'create', '--uses', '2', '--json')
    await step('server', 'invite', 'list')
    await step('server', 'invite', 'list', '--json')
    await step('server', 'invite', 'revoke', String(made.lines[0]?.id))
    await step('server', 'stats')
    await step('server', 'backup', join(folder, 'backup'))
    await step('server', 'restore', join(folder, 'backup'), '--check')
    await step('server', 'restore', join(folder, 'backup'), '--check', '--json')
    await step('server', 'stats', '--json')
    await step('server', 'user', 'show', 'nobody')
    await step('server', 'user', 'delete', 'zoe')
    await step('server', 'run', '--listen', '127.0.0.1:0', '--database', 'postgres://x')
    await own.close()
    const init = ['server', 'init', '--data', join(folder, 'fresh')]
    await transcript.step({ who, name: '', args: init })
    await transcript.step({ who, name: '', args: [...init, '--json'] })
    transcript.compare()
  })
})
