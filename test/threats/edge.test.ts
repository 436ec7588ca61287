// Small things that a stranger, a peer or a program may say, each to the door that it knocks at.

import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { safeLocalName } from '../../src/client/file-name.ts'
import { runFake } from '../commands/fake-world.ts'
import { startServer } from '../helpers/server.ts'

test('a request for no path at all is the stranger’s fault, not the server’s', async () => {
  const server = await startServer()
  const { hostname, port } = new URL(server.url)
  const statusOf = (target: string): Promise<string> =>
    new Promise((done, failed) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      )
      let answer = ''
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk
      })
      socket.on('close', () => done(answer.slice(9, 12)))
      socket.on('error', failed)
    })
  try {
    for (const target of ['//', '//[', '/\\', '//evil.example/v1/server', '//a:b@/']) {
      expect([target, await statusOf(target)]).toEqual([target, '400'])
    }
    expect(await statusOf('/v1/server')).toBe('200')
  } finally {
    await server.close()
  }
})

test('requests without end on one connection end it (N2, N17)', async () => {
  const server = await startServer()
  const { hostname, port } = new URL(server.url)
  try {
    const asked = 'GET /v1/server HTTP/1.1\r\nHost: x\r\n\r\n'
    const socket = connect(Number(port), hostname, () => socket.write(asked.repeat(20_000)))
    socket.on('error', () => undefined)
    // Without an end of it this never resolves: the connection is kept alive.
    await new Promise((closed) => socket.on('close', closed))
    const answer = await fetch(new URL('/v1/server', server.url))
    expect(answer.status).toBe(200)
  } finally {
    await server.close()
  }
})

test.each([
  ['~', 'file'],
  ['~root', 'root'],
  ['-~.-x', 'x'],
  ['con .txt', '_con .txt'],
  ['NUL  ', '_NUL'],
])('a peer’s file %j is saved as %j: nobody’s home, no device (P4)', (offered, saved) => {
  expect(safeLocalName(offered)).toBe(saved)
})

test('a report that is cut inside of a character is still a message', async () => {
  // 3,999 ASCII letters behind the emoji: the last 4,000 units begin with its second half.
  const script = `process.stdout.write('\\u{1f600}' + 'x'.repeat(3999))`
  const argv = ['send', 'bob', '--run', '--', process.execPath, '-e', script]
  const result = { to: 'bob', message: { status: 'stored' } }
  const ran = await runFake(argv, {
    answers: { send: () => ({ results: [result] }) },
    cwd: tmpdir(),
  })
  const text = String((ran.calls[0]?.params as { text?: string } | undefined)?.text)
  expect(text).toContain('xxx')
  expect(text.isWellFormed()).toBe(true)
})
