// JSON-RPC 2.0 over a pair of pipes, to a façade that the test plays.

import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Client, ClientError, type EventJson, type MessageJson } from '../../src/client/api.ts'
import { rpcClient } from '../../src/rpc/client.ts'
import { serveRpc } from '../../src/rpc/server.ts'

type Listener = (event: MessageJson | EventJson) => void

function facade() {
  const listeners = new Set<Listener>()
  const calls: { method: string; params: unknown }[] = []
  const client = {
    async call(method: string, params: unknown, signal?: AbortSignal) {
      calls.push({ method, params })
      if (method === 'chat.show') throw new ClientError('not_found', 'no such chat', { hint: 'h' })
      if (method === 'send') throw new ClientError('usage', 'wants text')
      if (method !== 'receive') return { method }
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new ClientError('timeout', 'given up')))
      })
    },
    subscribe(listener: Listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => Promise.resolve(),
  } as unknown as Client
  return { client, calls, listeners }
}

function served() {
  const played = facade()
  const input = new PassThrough()
  const output = new PassThrough()
  const done = serveRpc(played.client, input, output)
  const lines: string[] = []
  let wake = (): void => {}
  output.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter((line) => line !== ''))
    wake()
  })
  const next = async (): Promise<unknown> => {
    while (lines.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return JSON.parse(lines.shift() ?? '')
  }
  const say = (value: unknown): void => {
    input.write(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`)
  }
  return { ...played, input, output, done, say, next, lines }
}

const call = (id: unknown, method: string, params: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})

describe('a call', () => {
  test('is answered under its id, with the result or the façade’s own error', async () => {
    const { say, next } = served()
    say(call('a', 'whoami'))
    expect(await next()).toEqual({ jsonrpc: '2.0', id: 'a', result: { method: 'whoami' } })
    say(call(7, 'chat.show', { chat: 'x' }))
    expect(await next()).toEqual({
      jsonrpc: '2.0',
      id: 7,
      error: {
        code: -32_000,
        message: 'no such chat',
        data: {
          v: 1,
          type: 'error',
          code: 'not_found',
          message: 'no such chat',
          hint: 'h',
          retry_after: null,
        },
      },
    })
    say(call(8, 'send'))
    expect(await next()).toMatchObject({ id: 8, error: { code: -32_602 } })
    say(call(9, 'constructor'))
    expect(await next()).toMatchObject({ id: 9, error: { code: -32_601 } })
  })

  test('without an id is a notification: done, and not answered', async () => {
    const { say, next, calls } = served()
    say({ jsonrpc: '2.0', method: 'whoami' })
    say(call(1, 'chats'))
    expect(await next()).toMatchObject({ id: 1 })
    expect(calls.map(({ method }) => method)).toEqual(['whoami', 'chats'])
  })

  test('is answered though the input ended behind it, and so a pipe of calls is', async () => {
    const { input, done, say, lines } = served()
    say(call(1, 'whoami'))
    say(call(2, 'chats'))
    input.end()
    await done
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([1, 2])
  })

  test('can be taken back', async () => {
    const { say, next } = served()
    say(call(1, 'receive'))
    say(call(2, 'cancel', { id: 1 }))
    const answers = [await next(), await next()] as { id: number }[]
    expect(answers.toSorted((a, b) => a.id - b.id)).toMatchObject([
      { id: 1, error: { data: { code: 'timeout' } } },
      { id: 2, result: {} },
    ])
  })
})

describe('a batch', () => {
  test('is answered as one, without its notifications', async () => {
    const { say, next } = served()
    say([call(1, 'whoami'), { jsonrpc: '2.0', method: 'chats' }, 5, call(2, 'no.such')])
    expect(await next()).toMatchObject([
      { id: 1, result: { method: 'whoami' } },
      { id: null, error: { code: -32_600 } },
      { id: 2, error: { code: -32_601 } },
    ])
    say([])
    expect(await next()).toMatchObject({ id: null, error: { code: -32_600 } })
    say(Array.from({ length: 101 }, (_, id) => call(id, 'whoami')))
    expect(await next()).toMatchObject({ id: null, error: { code: -32_600 } })
  })
})

describe('the parser', () => {
  test.each([
    ['{', -32_700],
    ['{"jsonrpc":"2.0","id":1,"id":2,"method":"whoami"}', -32_700],
    ['{"jsonrpc":"2.0","id":1,"method":"whoami","params":{"__proto__":{}}}', -32_700],
    [`${'['.repeat(40)}${']'.repeat(40)}`, -32_700],
    ['"whoami"', -32_600],
    ['{"id":1,"method":"whoami"}', -32_600],
    ['{"jsonrpc":"2.0","id":{},"method":"whoami"}', -32_600],
    ['{"jsonrpc":"2.0","id":1,"method":"whoami","params":[1]}', -32_602],
  ])('refuses %s with %d and goes on', async (line, code) => {
    const { say, next } = served()
    say(line)
    expect(await next()).toMatchObject({ error: { code } })
    say(call(1, 'whoami'))
    expect(await next()).toMatchObject({ id: 1, result: {} })
  })

  test('ends a conversation whose line is too long or no text', async () => {
    for (const bytes of [Buffer.alloc(2 * 1024 * 1024, 0x20), Buffer.from([0xff, 0xfe, 0x0a])]) {
      const { input, done, lines } = served()
      input.write(bytes)
      await done
      expect(lines).toEqual([])
    }
  })

  test('is total: any bytes are answered or end the conversation, and nothing throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 40 })), async (parts) => {
        const { input, done } = served()
        for (const part of parts) input.write(`${part}\n`)
        input.end()
        await done
      }),
    )
  })
})

describe('the client', () => {
  function pair() {
    const played = facade()
    const there = new PassThrough()
    const back = new PassThrough()
    const done = serveRpc(played.client, there, back)
    return { ...played, done, there, client: rpcClient(back, there) }
  }

  test('is the façade again: results, errors, events', async () => {
    const { client, listeners } = pair()
    expect(await client.call('whoami', {})).toEqual({ method: 'whoami' })
    await expect(client.call('chat.show', { chat: 'x' })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'h',
    })
    const heard: string[] = []
    const stop = client.subscribe((event) => heard.push(event.type))
    await client.call('chats', {})
    for (const listener of listeners) listener({ v: 1, type: 'connected' })
    await client.call('chats', {})
    expect(heard).toEqual(['connected'])
    stop()
  })

  test('gives a call up with its signal', async () => {
    const { client } = pair()
    const controller = new AbortController()
    const waiting = client.call('receive', {}, controller.signal)
    await client.call('chats', {})
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'timeout' })
  })

  test('fails what is open when the other end goes away', async () => {
    const { client, there, done } = pair()
    const waiting = client.call('receive', {})
    await client.call('chats', {})
    there.destroy()
    await done
    await expect(waiting).rejects.toMatchObject({ code: 'network' })
    await expect(client.call('whoami', {})).rejects.toMatchObject({ code: 'network' })
  })
})
