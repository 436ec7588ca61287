// The story of two devices: begin, answer, lose, begin anew.

import { describe, expect, test } from 'vitest'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { MAX_OLD_SESSIONS, MAX_SKIP } from '../../src/crypto/ratchet/limits.ts'
import type { SessionErrorCode } from '../../src/crypto/session.ts'
import { fromUtf8, toHex, utf8 } from '../../src/protocol/bytes.ts'
import { decode } from '../../src/protocol/codec.ts'
import { envelopeCodec } from '../../src/protocol/envelope.ts'
import { refusal } from '../helpers/refusal.ts'
import { type BundleChoice, SessionDevice, tickingClock } from '../helpers/session-device.ts'

let pairs = 0
function pair(): { readonly ann: SessionDevice; readonly ben: SessionDevice } {
  pairs += 1
  const clock = tickingClock()
  return {
    ann: new SessionDevice(nodePrimitives, `ann ${pairs}`, clock),
    ben: new SessionDevice(nodePrimitives, `ben ${pairs}`, clock),
  }
}

const kindOf = (envelope: Uint8Array): string => decode(envelopeCodec, envelope).kind

/** The message arrives, and is the one that was sent. */
function pass(from: SessionDevice, to: SessionDevice, text: string): string {
  const envelope = from.seal(to, utf8(text))
  expect(fromUtf8(to.open(from, envelope).plaintext)).toBe(text)
  return kindOf(envelope)
}

const refused = (work: () => unknown): SessionErrorCode => refusal(work).code

describe('a conversation', () => {
  test('begins with first messages until the answer, then goes on without the head', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    expect(pass(ann, ben, 'one')).toBe('first')
    expect(pass(ann, ben, 'two')).toBe('first')
    expect(pass(ben, ann, 'three')).toBe('ratchet')
    expect(pass(ann, ben, 'four')).toBe('ratchet')
    expect(pass(ben, ann, 'five')).toBe('ratchet')
    expect(toHex(ann.active(ben) ?? utf8(''))).toBe(toHex(ben.active(ann) ?? utf8('none')))
  })

  const choices: readonly BundleChoice[] = [
    { curveOneTime: true, kemKind: 'kem-one-time' },
    { curveOneTime: false, kemKind: 'kem-one-time' },
    { curveOneTime: true, kemKind: 'kem-last-resort' },
    { curveOneTime: false, kemKind: 'kem-last-resort' },
  ]
  test.each(choices)('begins from a bundle of %o and uses up its one-time keys', (choice) => {
    const { ann, ben } = pair()
    ann.start(ben, choice)
    const before = ben.drawer.names()
    const opened = ben.open(ann, ann.seal(ben, utf8('hello')))
    expect(opened.fresh).toBe(true)
    const gone = before.filter((name) => !ben.drawer.names().includes(name))
    expect(gone.map((name) => name.split(' ')[0]).sort()).toEqual([
      ...(choice.curveOneTime ? ['curve-one-time'] : []),
      ...(choice.kemKind === 'kem-one-time' ? ['kem-one-time'] : []),
    ])
    const used = opened.change.prekeysUsed.map(({ kind, id }) => `${kind} ${id}`)
    expect(used.sort()).toEqual([...gone].sort())
    const seen = opened.change.handshakeSeen
    expect(seen === undefined).toBe(choice.kemKind === 'kem-one-time')
  })

  test('is fresh for its first message only', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    const envelopes = ['a', 'b'].map((text) => ann.seal(ben, utf8(text)))
    expect(envelopes.map((envelope) => ben.open(ann, envelope).fresh)).toEqual([true, false])
  })

  test('opens first messages in any order', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    const envelopes = ['a', 'b', 'c', 'd'].map((text) => ann.seal(ben, utf8(text)))
    const order = [2, 0, 3, 1]
    const all = order.map((at) => ben.open(ann, envelopes[at] ?? utf8('')))
    expect(all.map(({ plaintext }) => fromUtf8(plaintext))).toEqual(['c', 'a', 'd', 'b'])
    expect(all.map(({ fresh }) => fresh)).toEqual([true, false, false, false])
  })

  test('carries an empty message', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    pass(ann, ben, '')
    pass(ben, ann, '')
  })

  test('cannot be sealed to without a session', () => {
    const { ann, ben } = pair()
    expect(refused(() => ann.seal(ben, utf8('x')))).toBe('no_session')
  })
})

describe('replay', () => {
  test('a message of any chain that was read is a duplicate, however many came after it', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    const read: Uint8Array[] = []
    for (let turn = 0; turn < 4; turn += 1) {
      const envelope = ann.seal(ben, utf8(`turn ${turn}`))
      ben.open(ann, envelope)
      read.push(envelope)
      pass(ben, ann, 'on')
    }
    for (const envelope of read) expect(refused(() => ben.open(ann, envelope))).toBe('duplicate')
  })

  test('a first message that comes again is a duplicate, before and after the answer', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    const first = ann.seal(ben, utf8('hello'))
    ben.open(ann, first)
    expect(refused(() => ben.open(ann, first))).toBe('duplicate')
    pass(ben, ann, 'answer')
    pass(ann, ben, 'on')
    pass(ben, ann, 'and on')
    const before = ben.book(ann).snapshot()
    expect(refused(() => ben.open(ann, first))).toBe('duplicate')
    expect(ben.book(ann).snapshot()).toBe(before)
  })

  test('a first message on last-resort keys opens no second session when its own is gone', () => {
    const { ann, ben } = pair()
    ann.start(ben, { curveOneTime: false, kemKind: 'kem-last-resort' })
    const first = ann.seal(ben, utf8('hello'))
    ben.open(ann, first)
    ben.book(ann).loseSessions()
    expect(refused(() => ben.open(ann, first))).toBe('replayed_handshake')
  })

  test('a first message on one-time keys opens no second session when its own is gone', () => {
    const { ann, ben } = pair()
    ann.start(ben, { kemKind: 'kem-one-time' })
    const first = ann.seal(ben, utf8('hello'))
    ben.open(ann, first)
    ben.book(ann).loseSessions()
    expect(refused(() => ben.open(ann, first))).toBe('unknown_prekey')
  })
})

describe('loss of sessions', () => {
  test('on the answering side: the loss shows as no_session, a new session mends it', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    pass(ann, ben, 'a')
    pass(ben, ann, 'b')
    ben.book(ann).loseSessions()
    expect(refused(() => ben.open(ann, ann.seal(ben, utf8('lost'))))).toBe('no_session')
    ben.start(ann)
    expect(pass(ben, ann, 'anew')).toBe('first')
    expect(pass(ann, ben, 'good')).toBe('ratchet')
    expect(pass(ben, ann, 'again')).toBe('ratchet')
  })

  test('on the beginning side before the answer: the peer begins anew', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    pass(ann, ben, 'a')
    ann.book(ben).loseSessions()
    expect(refused(() => ann.open(ben, ben.seal(ann, utf8('lost'))))).toBe('no_session')
    ann.start(ben)
    pass(ann, ben, 'anew')
    pass(ben, ann, 'good')
  })

  test('of the prekeys too: the new session counts more than the one that the peer began', () => {
    const { ann, ben } = pair()
    ben.start(ann, { kemKind: 'kem-one-time' })
    const toLost = ben.seal(ann, utf8('lost'))
    for (const name of ann.drawer.names()) {
      const [kind, id] = name.split(' ')
      if (kind === 'kem-one-time') ann.drawer.delete(kind, Number(id))
    }
    expect(refused(() => ann.open(ben, toLost))).toBe('unknown_prekey')
    ann.start(ben)
    pass(ann, ben, 'anew')
    expect(pass(ben, ann, 'heard')).toBe('ratchet')
  })

  test('where the clock is behind: the new session counts once the clock has passed the old', () => {
    const clock = tickingClock()
    const behind = 500
    const ann = new SessionDevice(nodePrimitives, 'slow ann', () => clock() - behind)
    const ben = new SessionDevice(nodePrimitives, 'fast ben', clock)
    ben.start(ann)
    pass(ben, ann, 'a')
    pass(ann, ben, 'b')
    ann.book(ben).loseSessions()
    ann.start(ben)
    pass(ann, ben, 'too early')
    expect(refused(() => ann.open(ben, ben.seal(ann, utf8('lost'))))).toBe('not_authentic')
    for (let tick = 0; tick < behind; tick += 1) clock()
    ann.start(ben)
    pass(ann, ben, 'late enough')
    pass(ben, ann, 'heard')
  })

  test('messages of the old session still open after a new one began', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    pass(ann, ben, 'a')
    pass(ben, ann, 'b')
    const late = ben.seal(ann, utf8('late'))
    ann.start(ben)
    pass(ann, ben, 'new')
    expect(fromUtf8(ann.open(ben, late).plaintext)).toBe('late')
    pass(ben, ann, 'on the new one')
  })

  test('an answer in a session that we have left meanwhile opens', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    pass(ann, ben, 'a')
    const answer = ben.seal(ann, utf8('answer'))
    ann.start(ben)
    pass(ann, ben, 'new')
    pass(ben, ann, 'on the new one')
    expect(fromUtf8(ann.open(ben, answer).plaintext)).toBe('answer')
  })

  test('an answer in a session that we have left opens before the new one was answered', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    pass(ann, ben, 'a')
    const answer = ben.seal(ann, utf8('answer'))
    ann.start(ben)
    // A fault of ours is none of the envelope's: it goes up, though another session would open it.
    const { primitives } = ann.env
    let calls = 0
    const x25519Agree = (own: Uint8Array, theirs: Uint8Array): Uint8Array => {
      calls += 1
      if (calls === 1) throw new TypeError('a fault')
      return primitives.x25519Agree(own, theirs)
    }
    const faulty = { ...ann.env, primitives: { ...primitives, x25519Agree } }
    expect(() => ann.peek(ben, answer, faulty)).toThrow(TypeError)
    expect(fromUtf8(ann.open(ben, answer).plaintext)).toBe('answer')
  })

  test('what one session finds too far is still tried on the others', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    pass(ann, ben, 'a')
    for (let lost = 0; lost < MAX_SKIP; lost += 1) ben.seal(ann, utf8('lost'))
    pass(ben, ann, 'after the gap')
    pass(ben, ann, 'and one more than the new session could skip')
    pass(ann, ben, 'b')
    const late = ben.seal(ann, utf8('late'))
    ann.start(ben)
    pass(ann, ben, 'new')
    pass(ben, ann, 'on the new one')
    ann.seal(ben, utf8('so that a new key may come'))
    expect(fromUtf8(ann.open(ben, late).plaintext)).toBe('late')
  })

  test('a message of a finished chain of an old session opens, by its kept key', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    pass(ann, ben, 'a')
    const late = ben.seal(ann, utf8('late'))
    pass(ben, ann, 'b')
    pass(ann, ben, 'c')
    pass(ben, ann, 'd')
    ann.start(ben)
    pass(ann, ben, 'new')
    pass(ben, ann, 'on the new one')
    expect(fromUtf8(ann.open(ben, late).plaintext)).toBe('late')
    expect(refused(() => ann.open(ben, late))).toBe('duplicate')
  })

  test(`no more than ${MAX_OLD_SESSIONS} old sessions are kept, the longest silent goes first`, () => {
    const { ann, ben } = pair()
    const made: string[] = []
    for (let round = 0; round < MAX_OLD_SESSIONS + 4; round += 1) {
      ann.start(ben)
      pass(ann, ben, `round ${round}`)
      pass(ben, ann, 'heard')
      made.push(toHex(ann.active(ben) ?? utf8('')))
    }
    for (const [one, other] of [
      [ann, ben],
      [ben, ann],
    ] as const) {
      const kept = one.book(other).sessions.map((stored) => toHex(stored.session))
      expect(kept[0]).toBe(made.at(-1))
      expect([...kept].sort()).toEqual(made.slice(-(MAX_OLD_SESSIONS + 1)).sort())
    }
  })
})

describe('what counts', () => {
  test('a start of ours is later than all that we know, though our clock is behind', () => {
    const clock = tickingClock()
    const ann = new SessionDevice(nodePrimitives, 'behind ann', () => clock() - 10_000)
    const ben = new SessionDevice(nodePrimitives, 'ahead ben', clock)
    ben.start(ann)
    pass(ben, ann, 'a')
    const old = ann.active(ben)
    ann.start(ben)
    pass(ann, ben, 'b')
    expect(ben.active(ann)).toEqual(ann.active(ben))
    expect(ben.active(ann)).not.toEqual(old)
  })

  test('an older first message that comes late opens, and does not count', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    const late = ann.seal(ben, utf8('late'))
    ann.start(ben)
    pass(ann, ben, 'newer')
    const active = ben.active(ann)
    expect(fromUtf8(ben.open(ann, late).plaintext)).toBe('late')
    expect(ben.active(ann)).toEqual(active)
  })

  test('a start more than a day ahead of our clock is refused', () => {
    const day = 24 * 3_600_000
    let ahead = day + 1
    const ann = new SessionDevice(nodePrimitives, 'future ann', () => 1_750_000_000_000 + ahead)
    const ben = new SessionDevice(nodePrimitives, 'present ben', () => 1_750_000_000_000)
    ann.start(ben)
    expect(refused(() => ben.open(ann, ann.seal(ben, utf8('x'))))).toBe('malformed')
    ahead = day
    ann.forget()
    ann.start(ben)
    pass(ann, ben, 'just so')
  })
})

describe('the active session', () => {
  test('is one, whatever was active before', () => {
    const { ann, ben } = pair()
    ann.start(ben)
    ann.start(ben)
    expect(ann.book(ben).sessions.filter((stored) => stored.active)).toHaveLength(1)
    pass(ann, ben, 'a')
    expect(ben.book(ann).sessions.filter((stored) => stored.active)).toHaveLength(1)
  })
})
