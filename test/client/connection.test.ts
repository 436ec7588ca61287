// The life of a connection, with a server, a clock and chance played by the test.

import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/client/clock.ts'
import {
  backoffMs,
  type Connection,
  createConnection,
  type DataFrame,
  type DialHandlers,
  type LinkState,
} from '../../src/client/connection.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import {
  type ClientFrame,
  decodeClientFrame,
  encodeServerFrame,
  type ServerFrame,
} from '../../src/protocol/frames.ts'
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts'
import { streamProof } from '../../src/protocol/proof.ts'

const SERVER = new Uint8Array(32).fill(7)
const keys = nodePrimitives.ed25519KeyPair(new Uint8Array(32).fill(1))
const login = {
  account: '00000000-0000-4000-8000-000000000001' as AccountId,
  device: '00000000-0000-4000-8000-000000000002' as DeviceId,
  serverKey: SERVER,
  signingKey: keys.privateKey,
  generation: 5,
  opening: new Uint8Array(16).fill(9),
}

interface Timed {
  readonly at: number
  readonly run: () => void
}

class Stage {
  now = 1_000
  readonly states: LinkState[] = []
  readonly frames: DataFrame[] = []
  readonly dialed: { said: ClientFrame[]; handlers: DialHandlers; closed: boolean }[] = []
  readonly connection: Connection
  #timers: readonly Timed[] = []

  constructor() {
    const clock: Clock = {
      now: () => this.now,
      after: (milliseconds, run) => {
        const timer = { at: this.now + milliseconds, run }
        this.#timers = [...this.#timers, timer]
        return { cancel: () => this.#drop(timer) }
      },
    }
    this.connection = createConnection({
      dial: (handlers) => {
        const socket = { said: [] as ClientFrame[], handlers, closed: false }
        this.dialed.push(socket)
        return {
          send(frame) {
            socket.said.push(decodeClientFrame(Uint8Array.from(frame)))
          },
          close() {
            socket.closed = true
          },
        }
      },
      clock,
      env: {
        now: () => this.now,
        // Half of every range.
        random: (length) => new Uint8Array(length).fill(0x80),
        primitives: nodePrimitives,
      },
      login,
      changed: (state) => this.states.push(state),
      frame: (frame) => this.frames.push(frame),
    })
  }

  get socket() {
    const last = this.dialed.at(-1)
    if (last === undefined) throw new Error('nothing was dialed')
    return last
  }

  hear(frame: ServerFrame): void {
    this.socket.handlers.message(encodeServerFrame(frame))
  }

  /** Time passes, and what was due in it happened. */
  pass(milliseconds: number): void {
    const end = this.now + milliseconds
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#drop(next)
      this.now = next.at
      next.run()
    }
    this.now = end
  }

  #drop(timer: Timed): void {
    this.#timers = this.#timers.filter((one) => one !== timer)
  }

  login(): void {
    this.hear(challenge())
    this.hear(welcome)
  }
}

const challenge = (server = SERVER, time = 1_000): ServerFrame => ({
  kind: 'challenge',
  versions: [1],
  server,
  nonce: new Uint8Array(32).fill(3),
  time,
})
const welcome: ServerFrame = {
  kind: 'welcome',
  version: 1,
  time: 1_000,
  cursor: 0,
  head: 0,
  curvePrekeys: 100,
  kemPrekeys: 100,
  restored: 0,
}
const bye = (code: Extract<ServerFrame, { kind: 'bye' }>['code'], retryAfter = 0): ServerFrame => ({
  kind: 'bye',
  code,
  retryAfter,
})

function started(): Stage {
  const stage = new Stage()
  stage.connection.start()
  return stage
}

function opened(): Stage {
  const stage = started()
  stage.login()
  return stage
}

describe('a login', () => {
  test('signs server, nonce, time, device, generation and opening', () => {
    const stage = opened()
    const [hello] = stage.socket.said
    if (hello?.kind !== 'hello') throw new Error('the first word is hello')
    const signed = streamProof({
      ...login,
      server: SERVER,
      nonce: new Uint8Array(32).fill(3),
      time: hello.time,
      version: 1,
    })
    expect(nodePrimitives.ed25519Verify(keys.publicKey, signed, hello.proof)).toBe(true)
    expect(hello).toMatchObject({ generation: 5, time: 1_000 })
    // A view of its frame, not an array of its own.
    expect(new Uint8Array(hello.opening)).toEqual(login.opening)
    expect(stage.connection.state.kind).toBe('open')
  })

  test('is not made to a server with another key, nor tried again', () => {
    const stage = started()
    stage.hear(challenge(new Uint8Array(32).fill(8)))
    expect(stage.socket.said).toEqual([])
    expect(stage.connection.state).toEqual({ kind: 'stopped', reason: 'server_key' })
    stage.pass(600_000)
    expect(stage.dialed).toHaveLength(1)
  })

  test('that takes too long is tried again', () => {
    const stage = started()
    stage.hear(challenge())
    stage.pass(15_000)
    expect(stage.socket.closed).toBe(true)
    expect(stage.connection.state).toMatchObject({ kind: 'waiting', detail: 'login_timeout' })
  })

  test.each([400, -400])(
    'by a clock %i days off says nothing, and is made once it is set',
    (days) => {
      const stage = new Stage()
      const skew = days * 24 * 3_600_000
      const right = Math.abs(skew) + 1_000
      stage.now = right + skew
      stage.connection.start()
      stage.hear(challenge(SERVER, right))
      expect(stage.socket.said).toEqual([])
      expect(stage.connection.state).toMatchObject({ kind: 'waiting', detail: 'clock', skew })
      stage.pass(5_000)
      stage.now = right
      stage.hear(challenge(SERVER, right))
      stage.hear(welcome)
      expect(stage.connection.state.kind).toBe('open')
    },
  )
  test('into another version than was offered is no login', () => {
    const stage = started()
    stage.hear(challenge())
    stage.hear({ ...welcome, version: 2 })
    expect(stage.connection.state).toMatchObject({ kind: 'waiting', detail: 'no_common_version' })
  })

  test('that is refused before its hello was heard is no verdict on this device', () => {
    const early = started()
    early.hear(bye('rolled_back'))
    expect(early.connection.state).toMatchObject({ kind: 'waiting', detail: 'rolled_back' })
    const judged = started()
    judged.hear(challenge())
    judged.hear(bye('rolled_back'))
    expect(judged.connection.state).toEqual({ kind: 'stopped', reason: 'rolled_back' })
  })

  test('with a server of another protocol is no login', () => {
    const stage = started()
    stage.hear({ ...challenge(), versions: [99] } as ServerFrame)
    expect(stage.connection.state).toMatchObject({ kind: 'waiting', detail: 'no_common_version' })
  })
})

describe('a lost connection', () => {
  test('comes back, each time later, at a moment that chance picks', () => {
    const stage = started()
    const waits = Array.from({ length: 8 }, () => {
      stage.socket.handlers.ended('ECONNREFUSED')
      const { state } = stage.connection
      if (state.kind !== 'waiting') throw new Error('it waits')
      const wait = state.until - stage.now
      stage.pass(wait)
      return wait
    })
    expect(waits).toEqual([125, 250, 501, 1003, 1505, 1505, 1505, 1505])
    stage.login()
    stage.pass(10_000)
    stage.socket.handlers.ended('ECONNRESET')
    expect(stage.connection.state).toMatchObject({ kind: 'waiting', until: stage.now + 125 })
  })

  test('that was welcomed and dropped at once counts as one that never stood', () => {
    const stage = started()
    const waits = Array.from({ length: 40 }, () => {
      stage.hear(challenge(SERVER, stage.now))
      stage.hear(welcome)
      stage.pass(9_999)
      stage.socket.handlers.ended('closed')
      const { state } = stage.connection
      if (state.kind !== 'waiting') throw new Error('it waits')
      const wait = state.until - stage.now
      stage.pass(wait)
      return wait
    })
    expect(waits.slice(0, 5)).toEqual([125, 250, 501, 1003, 1505])
    expect(waits.at(-1)).toBeGreaterThan(15_000)
  })

  test('is back within five seconds of a server that restarts, and gentle to one that is gone', () => {
    for (let tries = 0; tries <= 30; tries += 1) expect(backoffMs(tries, 0.999)).toBeLessThan(3_000)
    expect(backoffMs(31, 0.999)).toBeGreaterThan(20_000)
    expect(backoffMs(1e6, 0.999)).toBeLessThan(30_000)
    expect(backoffMs(10, 0)).toBe(0)
  })

  test('waits as long as the server asked', () => {
    const stage = opened()
    stage.hear(bye('draining', 10_000))
    stage.pass(9_999)
    expect(stage.dialed).toHaveLength(1)
    stage.pass(1_000)
    expect(stage.dialed).toHaveLength(2)
  })

  test('hears no late word of its old socket', () => {
    const stage = opened()
    const old = stage.socket
    stage.connection.again('entries')
    stage.pass(5_000)
    stage.login()
    old.handlers.message(encodeServerFrame(bye('replaced')))
    old.handlers.ended('closed')
    expect(stage.connection.state.kind).toBe('open')
    expect(old.closed).toBe(true)
  })
})

describe('an open connection', () => {
  test('asks when it is quiet, and is lost when nothing answers', () => {
    const stage = opened()
    stage.pass(25_000)
    const ping = stage.socket.said.at(-1)
    if (ping?.kind !== 'ping') throw new Error('a ping')
    stage.hear({ kind: 'pong', nonce: ping.nonce })
    stage.pass(24_999)
    expect(stage.dialed).toHaveLength(1)
    stage.pass(1)
    stage.pass(10_000)
    expect(stage.states.at(-1)?.kind).not.toBe('open')
    expect(stage.dialed[0]?.closed).toBe(true)
  })

  test('answers a ping, and hands over what is for others', () => {
    const stage = opened()
    stage.hear({ kind: 'ping', nonce: 42 })
    expect(stage.socket.said.at(-1)).toEqual({ kind: 'pong', nonce: 42 })
    const appended: ServerFrame = { kind: 'appended', request: 1, results: [] }
    stage.hear(appended)
    expect(stage.frames).toEqual([appended])
  })

  test.each([
    ['rolled_back', 'rolled_back'],
    ['replaced', 'replaced'],
    ['device_removed', 'device_removed'],
    ['unauthorised', 'unauthorised'],
  ] as const)('that is told %s ends for good', (code, reason) => {
    const stage = opened()
    stage.hear(bye(code))
    expect(stage.connection.state).toEqual({ kind: 'stopped', reason })
    stage.pass(600_000)
    stage.connection.start()
    expect(stage.dialed).toHaveLength(1)
  })

  test('is dropped for words out of turn and for bytes that are none', () => {
    const stage = opened()
    stage.hear(welcome)
    expect(stage.connection.state).toMatchObject({ kind: 'waiting', detail: 'wrong_state' })
    stage.pass(5_000)
    stage.socket.handlers.message(Uint8Array.of(0xff, 1, 2))
    expect(stage.connection.state).toMatchObject({ kind: 'waiting', detail: 'unknown_type' })
  })

  test('says goodbye when it is stopped, and sends nothing while it is not there', () => {
    const stage = opened()
    stage.connection.stop()
    expect(stage.socket.said.at(-1)).toMatchObject({ kind: 'bye', code: 'done' })
    expect(stage.connection.send({ kind: 'ping', nonce: 1 })).toBe(false)
    stage.pass(600_000)
    expect(stage.dialed).toHaveLength(1)
  })
})
