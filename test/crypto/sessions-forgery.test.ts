// What does not verify changes nothing, and a genuine message opens right after it (R2, R5, A10).

import { describe, expect, test } from 'vitest'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { MAX_SKIP, MAX_SKIPPED_KEPT } from '../../src/crypto/ratchet/limits.ts'
import { fromUtf8, utf8 } from '../../src/protocol/bytes.ts'
import { decode, encode } from '../../src/protocol/codec.ts'
import { type Envelope, envelopeCodec } from '../../src/protocol/envelope.ts'
import { deep } from '../helpers/deep.ts'
import { memoSlow } from '../helpers/memo-slow.ts'
import { refusal } from '../helpers/refusal.ts'
import { SessionDevice, seededRandom } from '../helpers/session-device.ts'

/** KEM results are remembered per ciphertext, so the flips spare the ciphertext; one test does not. */
const primitives = memoSlow(nodePrimitives)

let pairs = 0
function pair(): readonly [SessionDevice, SessionDevice] {
  pairs += 1
  return [
    new SessionDevice(primitives, `forged ann ${pairs}`),
    new SessionDevice(primitives, `forged ben ${pairs}`),
  ]
}

function talking(): readonly [SessionDevice, SessionDevice] {
  const [ann, ben] = pair()
  ann.start(ben)
  ben.open(ann, ann.seal(ben, utf8('hello')))
  ann.open(ben, ben.seal(ann, utf8('hello back')))
  return [ann, ben]
}

function changed(envelope: Uint8Array, change: (parsed: Envelope) => Envelope): Uint8Array {
  return encode(envelopeCodec, change(decode(envelopeCodec, envelope)))
}

const withHeader = (envelope: Uint8Array, header: Partial<Envelope['header']>): Uint8Array =>
  changed(envelope, (parsed) => ({ ...parsed, header: { ...parsed.header, ...header } }))

/** Where the KEM ciphertext of a first message stands. */
const KEM_FROM = 88
const KEM_TO = KEM_FROM + 1568

function forged(envelope: Uint8Array, random: (length: number) => Uint8Array): Uint8Array {
  const [how = 0, high = 0, low = 0, bit = 0] = random(4)
  const at = (high * 256 + low) % envelope.length
  if (how < 40) return envelope.subarray(0, at)
  const copy = envelope.slice()
  if (how < 80) {
    copy.set(random(copy.length - at), at)
    // Few random bytes may well be the right ones.
    if (Buffer.compare(copy, envelope) === 0) copy[at] = (copy[at] ?? 0) ^ 1
  } else {
    const index = copy.length > KEM_TO && at >= KEM_FROM && at < KEM_TO ? at % KEM_FROM : at
    copy[index] = (copy[index] ?? 0) ^ (1 << (bit % 8))
  }
  return copy
}

describe('forged envelopes', () => {
  test(
    'leave the stored bytes as they were, and the genuine one opens',
    () => {
      const random = seededRandom('forger')
      const total = deep(10_000, 100_000)
      const perMessage = 25
      let [ann, ben] = talking()
      for (let count = 0, message = 0; count < total; message += 1) {
        // Now and then a new handshake, so that first messages are forged too; mostly the same side
        // sends some in a row.
        if (message % 40 === 0) ann.start(ben)
        const text = `genuine ${message}`
        const envelope = ann.seal(ben, utf8(text))
        const before = ben.book(ann).snapshot()
        for (let each = 0; each < perMessage; each += 1, count += 1) {
          const bad = forged(envelope, random)
          refusal(() => ben.open(ann, bad))
        }
        expect(ben.book(ann).snapshot()).toBe(before)
        expect(fromUtf8(ben.open(ann, envelope).plaintext)).toBe(text)
        if (message % 3 === 0) [ann, ben] = [ben, ann]
      }
    },
    deep(180_000, 3_600_000),
  )

  test(
    'are refused wherever one bit of a first message is another',
    () => {
      const [ann, ben] = pair()
      ann.start(ben, { kemKind: 'kem-one-time' })
      const envelope = ann.seal(ben, utf8('hello'))
      const before = ben.book(ann).snapshot()
      const every = Math.ceil(envelope.length / deep(350, envelope.length))
      for (let at = 0; at < envelope.length; at += every) {
        const bad = envelope.slice()
        bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8))
        refusal(() => ben.open(ann, bad))
      }
      expect(ben.book(ann).snapshot()).toBe(before)
      expect(fromUtf8(ben.open(ann, envelope).plaintext)).toBe('hello')
    },
    deep(180_000, 3_600_000),
  )

  test('with a nonce or tag of any shorter or longer length are refused', () => {
    const [ann, ben] = talking()
    const envelope = ann.seal(ben, utf8('x'))
    for (let length = 0; length < 29; length += 1) {
      const bad = changed(envelope, (parsed) => ({
        ...parsed,
        sealed: parsed.sealed.subarray(0, length),
      }))
      expect(refusal(() => ben.open(ann, bad)).code).toBe('not_authentic')
    }
    const longer = changed(envelope, (parsed) => ({
      ...parsed,
      sealed: Uint8Array.of(...parsed.sealed, 0),
    }))
    expect(refusal(() => ben.open(ann, longer)).code).toBe('not_authentic')
    expect(fromUtf8(ben.open(ann, envelope).plaintext)).toBe('x')
  })

  test('that drop or borrow the head of a first message are refused', () => {
    const [ann, ben] = pair()
    ann.start(ben)
    const first = decode(envelopeCodec, ann.seal(ben, utf8('one')))
    ben.open(ann, ann.seal(ben, utf8('two')))
    if (first.kind !== 'first') throw new Error('not a first message')
    const bare = encode(envelopeCodec, {
      kind: 'ratchet',
      suite: first.suite,
      header: first.header,
      sealed: first.sealed,
    })
    expect(refusal(() => ben.open(ann, bare)).code).toBe('not_authentic')
    ann.open(ben, ben.seal(ann, utf8('answer')))
    const later = decode(envelopeCodec, ann.seal(ben, utf8('three')))
    const headed = encode(envelopeCodec, { ...first, header: later.header, sealed: later.sealed })
    expect(refusal(() => ben.open(ann, headed)).code).toBe('not_authentic')
  })

  test('are malformed when they are no envelope', () => {
    const [ann, ben] = talking()
    for (const bytes of [new Uint8Array(0), utf8('garbage'), new Uint8Array(5_000)]) {
      expect(refusal(() => ben.open(ann, bytes)).code).toBe('malformed')
    }
    // Whoever hands in none at all is at fault himself.
    expect(() => ben.open(ann, undefined as unknown as Uint8Array)).toThrow(TypeError)
  })
})

describe('limits', () => {
  const HIGHEST = 2 ** 32 - 1

  test('an index of 2^32-1 is refused before any key is made', () => {
    const [ann, ben] = talking()
    const inChain = ann.seal(ben, utf8('x'))
    ben.open(ann, inChain)
    const next = ann.seal(ben, utf8('y'))
    let derived = 0
    const { env } = ben
    const hmacSha256 = (key: Uint8Array, data: Uint8Array): Uint8Array => {
      derived += 1
      return env.primitives.hmacSha256(key, data)
    }
    const counting = { ...env, primitives: { ...env.primitives, hmacSha256 } }
    const attacks = [
      withHeader(next, { index: HIGHEST }),
      withHeader(next, { ratchetKey: ann.local.agreement.publicKey, index: HIGHEST }),
      withHeader(next, { ratchetKey: ann.local.agreement.publicKey, previous: HIGHEST }),
    ]
    for (const attack of attacks) {
      const { code } = refusal(() => ben.peek(ann, attack, counting))
      // Without a private key of ours out there, a new ratchet key is refused before its numbers.
      expect(['too_far', 'not_authentic']).toContain(code)
    }
    expect(refusal(() => ben.open(ann, attacks[0] ?? next)).code).toBe('too_far')
    ben.seal(ann, utf8('now we wait for a new key'))
    for (const attack of attacks) {
      expect(refusal(() => ben.peek(ann, attack, counting)).code).toBe('too_far')
    }
    expect(derived).toBe(0)
  })

  test('an index of 2^32-1 in a first message is refused too', () => {
    const [ann, ben] = pair()
    ann.start(ben)
    const attack = withHeader(ann.seal(ben, utf8('x')), { index: HIGHEST })
    expect(refusal(() => ben.open(ann, attack)).code).toBe('too_far')
  })

  test(`${MAX_SKIP} messages may be lost in a row, one more may not`, () => {
    const [ann, ben] = talking()
    for (let lost = 0; lost < MAX_SKIP; lost += 1) ann.seal(ben, utf8('lost'))
    ben.open(ann, ann.seal(ben, utf8('after the gap')))
    for (let lost = 0; lost < MAX_SKIP + 1; lost += 1) ann.seal(ben, utf8('lost'))
    const over = ann.seal(ben, utf8('too far'))
    expect(refusal(() => ben.open(ann, over)).code).toBe('too_far')
  })

  test('the end of a chain that never came is kept for, up to the same limit', () => {
    const [ann, ben] = talking()
    ben.open(ann, ann.seal(ben, utf8('read')))
    const late = Array.from({ length: MAX_SKIP }, (_, at) => ann.seal(ben, utf8(`late ${at}`)))
    ann.open(ben, ben.seal(ann, utf8('turn')))
    ben.open(ann, ann.seal(ben, utf8('new chain')))
    for (const [at, envelope] of late.toReversed().entries()) {
      const { plaintext } = ben.open(ann, envelope)
      expect(fromUtf8(plaintext)).toBe(`late ${late.length - 1 - at}`)
    }
    const session = ben.active(ann)
    expect(session && ben.book(ann).skippedCount(session)).toBe(0)
  })

  test(`${MAX_SKIPPED_KEPT} skipped keys are kept, the oldest go first`, () => {
    const [ann, ben] = talking()
    const lost: Uint8Array[] = []
    for (let gap = 0; gap < 3; gap += 1) {
      for (let at = 0; at < MAX_SKIP; at += 1) lost.push(ann.seal(ben, utf8('late')))
      ben.open(ann, ann.seal(ben, utf8('after the gap')))
    }
    const session = ben.active(ann)
    expect(session && ben.book(ann).skippedCount(session)).toBe(MAX_SKIPPED_KEPT)
    const [oldest, newest] = [lost[MAX_SKIP - 1], lost[MAX_SKIP]]
    if (oldest === undefined || newest === undefined) throw new Error('no messages')
    expect(refusal(() => ben.open(ann, oldest)).code).toBe('duplicate')
    expect(fromUtf8(ben.open(ann, newest).plaintext)).toBe('late')
  })
})
