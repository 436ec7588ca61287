import { describe, expect, test } from 'vitest'
import {
  ackReceived,
  appendReceived,
  nothingReceived,
  pingReceived,
  readReceived,
  refusal,
  signalReceived,
} from '../../server/handlers/frames.ts'
import { challengeFrame, judgeHello } from '../../server/handlers/hello.ts'
import type { AppendFrame, HelloFrame } from '../../server/handlers/session.ts'
import {
  type AccountId,
  type ClientId,
  type DeviceId,
  type LogId,
  mailboxOf,
} from '../../src/protocol/ids.ts'
import { MAX_CLOCK_SKEW_MS } from '../../src/protocol/limits.ts'
import { streamProof } from '../../src/protocol/proof.ts'

const account = '00000000-0000-4000-8000-00000000000a' as AccountId
const device = '00000000-0000-4000-8000-00000000000d' as DeviceId
const log = '00000000-0000-4000-8000-0000000000aa' as LogId
const clientId = '00000000-0000-4000-8000-0000000000c1' as ClientId
const peer = { account, device }

const free = (): number => 0
const body = new Uint8Array([1])
const append: AppendFrame = {
  kind: 'append',
  request: 9,
  lists: [{ account, version: 2 }],
  items: [{ log, clientId, body, expectedEpoch: undefined }],
}

describe('an append frame', () => {
  test('becomes an append, and costs the sender one token per item and one for each further 4 KiB', () => {
    const costs: number[] = []
    const take = (cost: number): number => {
      costs.push(cost)
      return 0
    }
    expect(appendReceived(append, take)).toEqual([
      { kind: 'append', number: 9, lists: append.lists, items: append.items },
    ])
    const large = { log, clientId, body: new Uint8Array(9_000), expectedEpoch: undefined }
    appendReceived({ ...append, items: [large, ...append.items] }, take)
    expect(costs).toEqual([1, 4])
  })

  test('over the rate is refused with the time to wait', () => {
    expect(appendReceived(append, () => 250)).toEqual([
      { kind: 'chatter' },
      { kind: 'send', frame: refusal(9, 'rate_limited', { retryAfter: 250 }) },
    ])
  })

  test('without items breaks the protocol', () => {
    expect(appendReceived({ ...append, items: [] }, free)).toEqual([
      { kind: 'bye', code: 'protocol', retryAfter: 0 },
    ])
  })
})

describe('other frames', () => {
  test('an acknowledgement is handed to the log', () => {
    expect(ackReceived({ kind: 'ack', log, upTo: 4 })).toEqual([
      { kind: 'acknowledge', log, upTo: 4 },
    ])
  })

  test('another log may be asked for, one’s own mailbox not', () => {
    expect(readReceived(peer, { kind: 'read', log, after: 3 }, free)).toEqual([
      { kind: 'read', log, after: 3 },
    ])
    expect(readReceived(peer, { kind: 'read', log: mailboxOf(device), after: 3 }, free)).toEqual([
      { kind: 'bye', code: 'protocol', retryAfter: 0 },
    ])
  })

  test('logs are asked for so often and no more', () => {
    expect(readReceived(peer, { kind: 'read', log, after: 3 }, () => 70)).toEqual([
      { kind: 'bye', code: 'rate_limited', retryAfter: 70 },
    ])
  })

  test('what brings nothing is counted before it is answered', () => {
    expect(pingReceived({ kind: 'ping', nonce: 5 })).toEqual([
      { kind: 'chatter' },
      { kind: 'send', frame: { kind: 'pong', nonce: 5 } },
    ])
    expect(nothingReceived()).toEqual([{ kind: 'chatter' }])
  })

  test('a signal goes on, or is dropped in silence', () => {
    const signal = { kind: 'signal', to: account, device, body } as const
    expect(signalReceived(signal, free)).toEqual([signal])
    expect(signalReceived(signal, () => 1)).toEqual([{ kind: 'chatter' }])
  })
})

describe('a hello', () => {
  const now = 1_800_000_000_000
  const challenge = { server: new Uint8Array(32).fill(1), nonce: new Uint8Array(32).fill(2), now }
  const hello: HelloFrame = {
    kind: 'hello',
    versions: [1],
    account,
    device,
    generation: 3,
    opening: new Uint8Array(16).fill(4),
    time: now - 10,
    proof: new Uint8Array(64).fill(5),
  }
  const signingKey = new Uint8Array(32).fill(6)
  const known = { account, signingKey }
  const always = { device: known, verify: () => true }

  test('is proven by a signature over this server, this nonce and all that it says', () => {
    const asked: unknown[] = []
    const verify = (...args: readonly unknown[]): boolean => {
      asked.push(...args)
      return true
    }
    const verdict = judgeHello(challenge, hello, { device: known, verify })
    expect(verdict).toEqual({ kind: 'proven', version: 1 })
    const { server, nonce } = challenge
    expect(asked).toEqual([
      signingKey,
      streamProof({ ...hello, server, nonce, version: 1 }),
      hello.proof,
    ])
  })

  test('that nobody knows, of another account or wrongly signed is unauthorised', () => {
    const denied = { kind: 'denied', code: 'unauthorised' }
    const judge = (more: object) => judgeHello(challenge, hello, { ...always, ...more })
    expect(judge({ device: undefined })).toEqual(denied)
    expect(judge({ device: { ...known, account: log } })).toEqual(denied)
    expect(judge({ verify: () => false })).toEqual(denied)
  })

  test('may be five minutes off and not a moment more', () => {
    const at = (time: number) => judgeHello(challenge, { ...hello, time }, always).kind
    expect(at(now + MAX_CLOCK_SKEW_MS)).toBe('proven')
    expect(at(now - MAX_CLOCK_SKEW_MS)).toBe('proven')
    expect(at(now + MAX_CLOCK_SKEW_MS + 1)).toBe('denied')
    expect(at(now - MAX_CLOCK_SKEW_MS - 1)).toBe('denied')
  })

  test('signs the highest version that it offers, so that nobody lowers it on the way', () => {
    const messages: Uint8Array[] = []
    const verify = (_key: Uint8Array, message: Uint8Array): boolean => {
      messages.push(message)
      return true
    }
    const offered = { ...hello, versions: [1, 9] }
    expect(judgeHello(challenge, offered, { device: known, verify })).toEqual({
      kind: 'proven',
      version: 1,
    })
    const { server, nonce } = challenge
    expect(messages).toEqual([streamProof({ ...offered, server, nonce, version: 9 })])
  })

  test('without a version of ours, or with none, breaks the protocol', () => {
    for (const versions of [[], [2, 3]]) {
      expect(judgeHello(challenge, { ...hello, versions }, always)).toEqual({
        kind: 'denied',
        code: 'protocol',
      })
    }
  })

  test('is asked for with the server’s key, a nonce and the time', () => {
    expect(challengeFrame(challenge)).toEqual({
      kind: 'challenge',
      versions: [1],
      server: challenge.server,
      nonce: challenge.nonce,
      time: now,
    })
  })
})
