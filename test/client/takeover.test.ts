// The process that holds a profile dies under load: the others go on, and nothing is sent twice.

import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SendResult } from '../../src/client/api.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type Bundle, bundle } from './bundle.ts'
import { newPerson, PASSPHRASE, type Person, receiveTexts, register, send } from './person.ts'

const SENDERS = 30

let program: Bundle
let server: TestServer
let alice: Person
let bob: Person

beforeAll(async () => {
  program = await bundle('one-shot.ts')
  server = await startServer()
  alice = newPerson('alice')
  bob = newPerson('bob')
  await register(alice, server)
  await register(bob, server)
})

afterAll(async () => {
  await server?.close()
  alice?.forget()
  bob?.forget()
  program?.remove()
})

const start = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [program.path, ...args], {
    env: { PATH: process.env.PATH, TEST_PASSPHRASE: PASSPHRASE },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

interface Ended {
  readonly code: number | null
  readonly output: string
}

function outputOf(child: ChildProcess): Promise<Ended> {
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}

const said = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.stdout?.once('data', () => resolve()))

test('thirty senders get through while their holder is killed, each message once', async () => {
  const holder = start('hold', alice.home, 'alice')
  await said(holder)
  const keys = Array.from({ length: SENDERS }, (_, index) => `message ${index}`)
  const senders = keys.map((key) => start('send', alice.home, 'alice', key, 'bob'))
  const endings = Promise.all(senders.map(outputOf))
  // In the thick of it: one is through, the others are at the socket or on their way to it.
  await Promise.race(senders.map(said))
  holder.kill('SIGKILL')

  const ended = await endings
  expect(ended.map(({ code }) => code)).toEqual(keys.map(() => 0))
  const results = ended.map(({ output }) => JSON.parse(output) as SendResult)
  expect(results.map(({ message }) => message?.status)).toEqual(keys.map(() => 'stored'))

  const client = await bob.open()
  const texts = await receiveTexts(client)
  await client.close()
  expect(texts.toSorted()).toEqual(keys.toSorted())
}, 120_000)

test('who listens goes on hearing when the holder is killed, without asking for anything', async () => {
  const holder = start('hold', alice.home, 'alice')
  await said(holder)
  const client = await alice.open()
  const heard = new Promise<void>((resolve) => {
    client.subscribe((event) => {
      if (event.type === 'message' && event.body === 'are you there?') resolve()
    })
  })
  const status = await client.call('status', {})
  expect(status.pid).toBe(holder.pid)
  holder.kill('SIGKILL')

  const bobClient = await bob.open()
  await bobClient.call('contact.accept', { name: 'alice' }).catch(() => undefined)
  expect((await send(bobClient, 'alice', 'are you there?')).message?.status).toBe('stored')
  await bobClient.close()
  await heard
  expect((await client.call('status', {})).pid).toBe(process.pid)
  await client.close()
}, 60_000)
