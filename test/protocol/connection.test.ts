import { describe, expect, test } from 'vitest'
import { type ConnectionState, type Role, transition } from '../../src/protocol/connection.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'

const walk = (steps: readonly (readonly [Role, string])[]): ConnectionState =>
  steps.reduce<ConnectionState>(
    (state, [speaker, kind]) => transition(state, speaker, kind as 'ping', 'client'),
    'opened',
  )

const GREETING = [
  ['server', 'challenge'],
  ['client', 'hello'],
  ['server', 'welcome'],
] as const

const STATES = ['opened', 'challenged', 'authenticating', 'open', 'closed'] as const
const ROLES = ['server', 'client'] as const
const FRAMES = [
  ...['challenge', 'hello', 'welcome'],
  ...['append', 'ack', 'read', 'signal', 'presence'],
  ...['appended', 'refused', 'entries', 'signalled', 'presented', 'notice'],
  ...['ping', 'pong', 'bye'],
] as const

function after(state: ConnectionState, speaker: Role, kind: string): ConnectionState | undefined {
  try {
    return transition(state, speaker, kind as 'ping', speaker)
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'wrong_state') return undefined
    throw error
  }
}

describe('a connection', () => {
  test('opens with challenge, hello, welcome', () => {
    expect(walk(GREETING)).toBe('open')
    expect(walk([...GREETING, ['client', 'append'], ['server', 'appended']])).toBe('open')
  })

  test('carries nothing before the welcome and nothing after a bye', () => {
    for (const count of [0, 1, 2]) {
      expect(() => walk([...GREETING.slice(0, count), ['client', 'append']])).toThrow(ProtocolError)
    }
    expect(() => walk([...GREETING, ['server', 'bye'], ['client', 'ping']])).toThrow(ProtocolError)
  })

  test('refuses a frame that only the other end may send', () => {
    expect(() => walk([...GREETING, ['client', 'entries']])).toThrow(ProtocolError)
    expect(() => walk([...GREETING, ['server', 'append']])).toThrow(ProtocolError)
    expect(() => walk([['client', 'hello']])).toThrow(ProtocolError)
  })

  test('follows the table of docs/protocol.md, and nothing else', () => {
    const said = Object.fromEntries(
      STATES.flatMap((state) =>
        ROLES.map((speaker) => [
          `${state} ${speaker}`,
          FRAMES.flatMap((kind) => {
            const next = after(state, speaker, kind)
            return next === undefined ? [] : [next === state ? kind : `${kind} → ${next}`]
          }).join(' '),
        ]),
      ),
    )
    expect(said).toEqual({
      'opened server': 'challenge → challenged bye → closed',
      'opened client': '',
      'challenged server': 'bye → closed',
      'challenged client': 'hello → authenticating bye → closed',
      'authenticating server': 'welcome → open bye → closed',
      'authenticating client': 'bye → closed',
      'open server': 'appended refused entries signalled presented notice ping pong bye → closed',
      'open client': 'append ack read signal presence ping pong bye → closed',
      'closed server': '',
      'closed client': '',
    })
  })

  test('blames whoever spoke out of turn', () => {
    const blame = (speaker: Role, self: Role): string => {
      try {
        transition('closed', speaker, 'ping', self)
      } catch (error) {
        if (error instanceof ProtocolError) return error.blame
      }
      return 'nobody'
    }
    expect(blame('client', 'client')).toBe('local')
    expect(blame('server', 'client')).toBe('remote')
  })
})
