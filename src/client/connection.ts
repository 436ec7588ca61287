// The life of the connection to the server: dial, prove who we are, stay, come back. It knows
// frames, time and chance; sockets and clocks are handed in, so that tests play both.

import type { CryptoEnv } from '../crypto/primitives.ts'
import { equalPublic } from '../protocol/bytes.ts'
import { type ConnectionState, transition } from '../protocol/connection.ts'
import { ProtocolError } from '../protocol/errors.ts'
import {
  type ByeCode,
  type ClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  type ServerFrame,
} from '../protocol/frames.ts'
import type { AccountId, DeviceId } from '../protocol/ids.ts'
import { MAX_CLOCK_SKEW_MS } from '../protocol/limits.ts'
import { streamProof } from '../protocol/proof.ts'
import { chooseVersion, WIRE_VERSIONS } from '../protocol/version.ts'
import type { Clock, Timer } from './clock.ts'

/** What `connection` needs of a socket; socket.ts has the real one. */
export interface DialedSocket {
  send(frame: Uint8Array): void
  close(): void
}
export interface DialHandlers {
  readonly message: (frame: Uint8Array) => void
  readonly ended: (detail: string) => void
}

export interface Login {
  readonly account: AccountId
  readonly device: DeviceId
  /** As pinned at registration. */
  readonly serverKey: Uint8Array
  readonly signingKey: Uint8Array
  readonly generation: number
  readonly opening: Uint8Array
}

export type Welcome = Extract<ServerFrame, { kind: 'welcome' }>
type Inner = 'challenge' | 'welcome' | 'ping' | 'pong' | 'bye'
export type DataFrame = Exclude<ServerFrame, { kind: Inner }>

/** Ends that no retry mends. */
export type StopReason =
  | 'rolled_back'
  | 'replaced'
  | 'device_removed'
  | 'unauthorised'
  | 'server_key'

export type LinkState =
  | { readonly kind: 'off' }
  | { readonly kind: 'dialing' }
  | { readonly kind: 'open'; readonly welcome: Welcome }
  | {
      readonly kind: 'waiting'
      readonly until: number
      readonly detail: string
      /** How far our clock is ahead of the server's, where that is why. */
      readonly skew?: number
    }
  | { readonly kind: 'stopped'; readonly reason: StopReason }

export interface ConnectionPorts {
  readonly dial: (handlers: DialHandlers) => DialedSocket
  readonly clock: Clock
  readonly env: CryptoEnv
  readonly login: Login
  readonly changed: (state: LinkState) => void
  readonly frame: (frame: DataFrame) => void
}

export interface Connection {
  readonly state: LinkState
  /** Dial now, and again whenever the connection is lost. A running wait is cut short. */
  start(): void
  /** Say goodbye and stay away. */
  stop(): void
  /** Drop this socket and dial anew, after the usual wait and at least `wait`: what was not
   *  acknowledged comes again. */
  again(detail: string, wait?: number): void
  /** `false` while not open: what should be sent stays where it is. */
  send(frame: ClientFrame): boolean
}

/** From the first try of a socket to `welcome`. */
const LOGIN_TIMEOUT_MS = 15_000
/** Shorter than the idle limits of common proxies (60 s) and of the server. */
const PING_EVERY_MS = 25_000
const PONG_TIMEOUT_MS = 10_000
const FIRST_BACKOFF_MS = 250
/** A server that restarts is found again within five seconds (I7). */
const SHORT_BACKOFF_MS = 3_000
const LONG_BACKOFF_MS = 30_000
/** Down for longer than this many tries: no restart any more, so be gentle. */
const SHORT_TRIES = 30
/** A connection that stood so long was one. A server that welcomes everybody and hangs up is met
 *  less and less often, as one that does not answer. */
const STEADY_MS = 10_000

const STOPS: Readonly<Partial<Record<ByeCode, StopReason>>> = {
  rolled_back: 'rolled_back',
  replaced: 'replaced',
  device_removed: 'device_removed',
  unauthorised: 'unauthorised',
}

/** Full jitter: a thousand clients of a restarted server do not come back in step. */
export function backoffMs(tries: number, chance: number): number {
  const cap = tries > SHORT_TRIES ? LONG_BACKOFF_MS : SHORT_BACKOFF_MS
  return Math.floor(Math.min(cap, FIRST_BACKOFF_MS * 2 ** Math.min(tries, 16)) * chance)
}

export function createConnection(ports: ConnectionPorts): Connection {
  const { clock, env, login } = ports
  let link: LinkState = { kind: 'off' }
  let phase: ConnectionState = 'closed'
  let socket: DialedSocket | undefined
  /** The login's time limit, the next ping, the missing pong or the next try: one at a time. */
  let timer: Timer | undefined
  let tries = 0
  let retryAfter = 0
  /** Since when this socket is open; absent before `welcome`. */
  let welcomedAt: number | undefined

  const set = (next: LinkState): void => {
    link = next
    ports.changed(next)
  }
  const arm = (milliseconds: number, run: () => void): void => {
    timer?.cancel()
    timer = clock.after(milliseconds, run)
  }
  const say = (frame: ClientFrame): void => {
    phase = transition(phase, 'client', frame.kind, 'client')
    socket?.send(encodeClientFrame(frame))
  }
  const hangUp = (): void => {
    const old = socket
    socket = undefined
    phase = 'closed'
    if (welcomedAt !== undefined && clock.now() - welcomedAt >= STEADY_MS) tries = 0
    welcomedAt = undefined
    timer?.cancel()
    old?.close()
  }
  const chance = (): number => new DataView(env.random(4).buffer).getUint32(0) / 2 ** 32

  const lose = (detail: string, skew?: number): void => {
    hangUp()
    const wait = retryAfter + backoffMs(tries, chance())
    retryAfter = 0
    tries += 1
    const because = skew === undefined ? { detail } : { detail, skew }
    set({ kind: 'waiting', until: clock.now() + wait, ...because })
    arm(wait, dial)
  }
  const halt = (reason: StopReason): void => {
    hangUp()
    set({ kind: 'stopped', reason })
  }
  const dial = (): void => {
    timer?.cancel()
    phase = 'opened'
    set({ kind: 'dialing' })
    arm(LOGIN_TIMEOUT_MS, () => lose('login_timeout'))
    // Each handler knows its own socket: a late word of a dropped one means nothing.
    const mine: DialedSocket = ports.dial({
      message: (raw) => {
        if (socket === mine) hear(raw)
      },
      ended: (detail) => {
        if (socket === mine) lose(detail)
      },
    })
    socket = mine
  }
  const hear = (raw: Uint8Array): void => {
    try {
      const frame = decodeServerFrame(raw)
      const before = phase
      phase = transition(phase, 'server', frame.kind, 'client')
      if (phase === 'open') arm(PING_EVERY_MS, ping)
      take(frame, before)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      lose(error.code)
    }
  }
  const take = (frame: ServerFrame, before: ConnectionState): void => {
    switch (frame.kind) {
      case 'challenge':
        answer(frame)
        break
      case 'welcome':
        // Another version than we offered would be read by our rules all the same.
        chooseVersion([frame.version])
        welcomedAt = clock.now()
        set({ kind: 'open', welcome: frame })
        break
      case 'ping':
        say({ kind: 'pong', nonce: frame.nonce })
        break
      case 'pong':
        break
      case 'bye':
        leave(frame, before)
        break
      default:
        ports.frame(frame)
    }
  }
  const answer = (challenge: Extract<ServerFrame, { kind: 'challenge' }>): void => {
    if (!equalPublic(challenge.server, login.serverKey)) {
      halt('server_key')
      return
    }
    chooseVersion(challenge.versions)
    const time = clock.now()
    // It would be refused, and every signature of this clock is worth nothing there. Clocks are
    // mended, often soon after a machine started: so this is a wait and no end.
    const skew = time - challenge.time
    if (Math.abs(skew) > MAX_CLOCK_SKEW_MS) {
      lose('clock', skew)
      return
    }
    const { account, device, generation, opening } = login
    const version = Math.max(...WIRE_VERSIONS)
    const proof = streamProof({
      server: login.serverKey,
      nonce: challenge.nonce,
      time,
      account,
      device,
      generation,
      opening,
      version,
    })
    say({
      kind: 'hello',
      versions: WIRE_VERSIONS,
      account,
      device,
      generation,
      opening,
      time,
      proof: env.primitives.ed25519Sign(login.signingKey, proof),
    })
  }
  const leave = (frame: Extract<ServerFrame, { kind: 'bye' }>, before: ConnectionState): void => {
    // Who has not heard our hello cannot judge this device: then it is a lost connection.
    const reason = before === 'authenticating' || before === 'open' ? STOPS[frame.code] : undefined
    if (reason !== undefined) {
      halt(reason)
      return
    }
    retryAfter = Math.min(frame.retryAfter, LONG_BACKOFF_MS)
    lose(frame.code)
  }
  const ping = (): void => {
    say({ kind: 'ping', nonce: new DataView(env.random(4).buffer).getUint32(0) })
    arm(PONG_TIMEOUT_MS, () => lose('no_pong'))
  }

  return {
    get state() {
      return link
    },
    start() {
      if (link.kind === 'off' || link.kind === 'waiting') dial()
    },
    stop() {
      if (link.kind === 'stopped' || link.kind === 'off') return
      if (phase === ('open' satisfies ConnectionState))
        say({ kind: 'bye', code: 'done', retryAfter: 0 })
      hangUp()
      set({ kind: 'off' })
    },
    again(detail, wait = 0) {
      retryAfter = Math.max(retryAfter, wait)
      if (link.kind === 'open' || link.kind === 'dialing') lose(detail)
    },
    send(frame) {
      if (link.kind !== 'open') return false
      say(frame)
      return true
    },
  }
}
