// Who may speak on a profile's control socket (L9), and what happens to what they say.

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ClientError } from '../../src/client/api.ts'
import { type AttachHandlers, attach } from '../../src/client/attach.ts'
import { askToListen, socketPath } from '../../src/client/control-socket.ts'
import { type Holder, serveProfile } from '../../src/client/holder.ts'
import { LinkLost } from '../../src/client/json-rpc-client.ts'
import { makePrivateFolder, type ProfilePaths, profilePaths } from '../../src/client/paths.ts'
import { Leaving, type LiveEvent, type Service } from '../../src/client/service.ts'

let home: string
let paths: ProfilePaths
let holder: Holder
let listeners: Set<(event: LiveEvent) => void>
let left: AbortController

/** Answers what it is asked: `wait` waits until the holder leaves or the caller gives up. */
const service: Service = {
  async call(name, params, signal) {
    if (name === 'fail') throw new ClientError('not_found', 'no', { candidates: ['a', 'b'] })
    if (name !== 'wait') return { name, params }
    return new Promise((_resolve, reject) => {
      for (const source of [signal, left.signal]) {
        source.addEventListener('abort', () =>
          reject(source === signal ? new Error('cancelled') : new Leaving()),
        )
      }
    })
  },
  subscribe(listener) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  leave: () => left.abort(),
  close: () => Promise.resolve(),
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'sotto-control-'))
  paths = profilePaths(home, 'alice')
  makePrivateFolder(paths.folder)
  listeners = new Set()
  left = new AbortController()
  holder = await serveProfile(paths, service, atOnce)
})

afterEach(async () => {
  await holder.close()
  rmSync(home, { recursive: true, force: true })
})

const atOnce = { late: false, failed: () => {} }

const quiet: AttachHandlers = { event: () => {}, lost: () => {} }

async function attached(handlers = quiet) {
  const link = await attach(paths, handlers)
  if (link === undefined) throw new Error('nobody listens')
  return link
}

/** Everything that comes back before the other side hangs up. */
function say(text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = createConnection(socketPath(paths), () => socket.write(text))
    socket.setEncoding('utf8').on('data', (part: string) => {
      heard += part
    })
    socket.on('error', () => undefined).on('close', () => resolve(heard))
  })
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`
const hello = (cookie: string): string =>
  line({ jsonrpc: '2.0', id: 1, method: 'hello', params: { v: 1, cookie } })

describe('the socket', () => {
  test('and the cookie are their owner’s alone', () => {
    expect(statSync(socketPath(paths)).mode & 0o777).toBe(0o600)
    expect(statSync(paths.cookie).mode & 0o777).toBe(0o600)
    expect(statSync(paths.folder).mode & 0o777).toBe(0o700)
  })

  test('hangs up on a browser, on a wrong cookie and on a call without one, and says nothing', async () => {
    const page = 'POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n{}'
    expect(await say(page)).toBe('')
    expect(await say(hello('wrong'))).toBe('')
    expect(await say(line({ jsonrpc: '2.0', id: 1, method: 'whoami' }))).toBe('')
    const cookie = readFileSync(paths.cookie, 'utf8')
    expect(await say(hello(cookie.slice(0, -1)))).toBe('')
    expect(await say(line([{ jsonrpc: '2.0', id: 1, method: 'hello', params: { cookie } }]))).toBe(
      '',
    )
  })

  test('hangs up on a line that never ends', async () => {
    const link = await attached()
    expect(await link.call('anything', { a: 1 })).toEqual({ name: 'anything', params: { a: 1 } })
    link.close()
    expect(await say('x'.repeat(2 * 1024 * 1024))).toBe('')
  })

  test('comes late for one command, and not at all for one that is over', async () => {
    await holder.close()
    const failures: unknown[] = []
    const late = { late: true, failed: (error: unknown) => failures.push(error) }
    // A dead one's is in nobody's way.
    writeFileSync(socketPath(paths), '')
    const short = await serveProfile(paths, service, late)
    expect(existsSync(socketPath(paths))).toBe(false)
    await short.close()
    expect(existsSync(socketPath(paths))).toBe(false)

    holder = await serveProfile(paths, service, late)
    let peer = await attach(paths, quiet)
    expect(peer).toBeUndefined()
    while (peer === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
      peer = await attach(paths, quiet)
    }
    expect(await peer.call('echo', {})).toEqual({ name: 'echo', params: {} })
    peer.close()
    expect(failures).toEqual([])
  })

  test('comes before one command is over, for whoever found nobody listening', async () => {
    await holder.close()
    const late = { late: true, failed: () => {} }
    askToListen(paths)
    holder = await serveProfile(paths, service, late)
    // Nobody waits any more who asked the one before.
    expect(existsSync(paths.wanted)).toBe(false)
    askToListen(paths)
    expect(statSync(paths.wanted).mode & 0o777).toBe(0o600)
    const closed = holder.close()
    let peer = await attach(paths, quiet)
    while (peer === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
      peer = await attach(paths, quiet)
    }
    expect(await peer.call('echo', {})).toEqual({ name: 'echo', params: {} })
    await closed
    expect(existsSync(socketPath(paths))).toBe(false)
  })

  test('changes its cookie with every holder', async () => {
    const before = readFileSync(paths.cookie, 'utf8')
    await holder.close()
    left = new AbortController()
    holder = await serveProfile(paths, service, atOnce)
    expect(readFileSync(paths.cookie, 'utf8')).not.toBe(before)
    expect(await say(hello(before))).toBe('')
  })

  test('moves to a private runtime folder when the profile’s path is too long for one', () => {
    const long = profilePaths(join(home, 'x'.repeat(80)), 'alice')
    const before = process.env.XDG_RUNTIME_DIR
    process.env.XDG_RUNTIME_DIR = paths.folder
    try {
      const path = socketPath(long)
      expect(path.startsWith(`${paths.folder}/sotto-`)).toBe(true)
      expect(Buffer.byteLength(path)).toBeLessThanOrEqual(104)
      process.env.XDG_RUNTIME_DIR = tmpdir()
      expect(() => socketPath(long)).toThrow(ClientError)
    } finally {
      if (before === undefined) delete process.env.XDG_RUNTIME_DIR
      else process.env.XDG_RUNTIME_DIR = before
    }
  })
})

describe('a call', () => {
  test('brings its failure back whole', async () => {
    const link = await attached()
    await expect(link.call('fail', {})).rejects.toMatchObject({
      code: 'not_found',
      message: 'no',
      candidates: ['a', 'b'],
    })
    link.close()
  })

  test('that the other side cannot read fails, and does not wait for ever', async () => {
    const link = await attached()
    await expect(link.call('anything', { half: '\ud800' })).rejects.toMatchObject({ code: 'bug' })
    expect(await link.call('anything', {})).toBeDefined()
    link.close()
  })

  test('that waits is handed over when the holder leaves', async () => {
    const link = await attached()
    const waiting = link.call('wait', {})
    // In order: when this is answered, the one before it is under way.
    await link.call('anything', {})
    const closed = holder.close()
    await expect(waiting).rejects.toBeInstanceOf(LinkLost)
    await closed
    expect(await attach(paths, quiet)).toBeUndefined()
  })

  test('can be given up', async () => {
    const link = await attached()
    const controller = new AbortController()
    const waiting = link.call('wait', {}, controller.signal)
    await link.call('anything', {})
    controller.abort()
    await expect(waiting).rejects.toBe(controller.signal.reason)
    expect(await link.call('anything', {})).toBeDefined()
    link.close()
  })
})

test('live events go to those who asked, until they are gone', async () => {
  const heard: LiveEvent[] = []
  const link = await attached({ event: (event) => void heard.push(event), lost: () => {} })
  expect(listeners.size).toBe(0)
  await link.call('subscribe', {})
  expect(holder.clients).toBe(1)
  for (const listener of listeners) listener({ v: 1, type: 'connected' })
  await link.call('anything', {})
  expect(heard).toEqual([{ v: 1, type: 'connected' }])
  link.close()
  const other = await attached()
  await other.call('anything', {})
  expect(listeners.size).toBe(0)
  other.close()
})
