// The stored form of a ratchet: exact, strict, small.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FINISHED_CHAINS } from '../../src/crypto/ratchet/limits.ts'
import {
  decodeState,
  encodeState,
  finish,
  isFinished,
  type RatchetState,
} from '../../src/crypto/ratchet/state.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { runs } from '../helpers/deep.ts'

const size = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length })
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const role = fc.constantFrom('initiator' as const, 'responder' as const)
const chain = fc.record({ key: size(32), index: u32 })
const own = fc.record({ privateKey: size(32), publicKey: size(32) })
const common = { root: size(32), startedAt: fc.maxSafeNat(), heardAt: fc.maxSafeNat() }
const receiver = {
  role,
  previous: u32,
  peer: size(32),
  receive: chain,
  finished: fc.nat(FINISHED_CHAINS).chain((count) => size(count * 8)),
}
const head = fc.record({
  identityKey: size(32),
  ephemeralKey: size(32),
  startedAt: fc.maxSafeNat(),
  signedPrekeyId: u32,
  oneTimePrekeyId: fc.option(u32, { nil: undefined }),
  kemKind: fc.constantFrom('kem-one-time' as const, 'kem-last-resort' as const),
  kemPrekeyId: u32,
  kemCiphertext: size(1568),
})
const state: fc.Arbitrary<RatchetState> = fc.oneof(
  fc.record({
    kind: fc.constant('opening' as const),
    role: fc.constant('initiator' as const),
    ...common,
    own,
    send: chain,
    head,
  }),
  fc.record({ kind: fc.constant('sending' as const), ...common, own, send: chain, ...receiver }),
  fc.record({ kind: fc.constant('receiving' as const), ...common, ...receiver }),
)

/** A copy, so that the bytes are read and not remembered. */
const reread = (bytes: Uint8Array): RatchetState => decodeState(bytes.slice())

describe('a stored state', () => {
  test('comes back as it was, and has one encoding', () => {
    fc.assert(
      fc.property(state, (value) => {
        const bytes = encodeState(value)
        expect(reread(bytes)).toEqual(value)
        expect(encodeState(reread(bytes))).toEqual(bytes)
      }),
      { numRuns: runs(300) },
    )
  })

  test('is refused when cut, extended or of another version', () => {
    fc.assert(
      fc.property(state, fc.nat(), (value, at) => {
        const bytes = encodeState(value)
        const cut = bytes.subarray(0, at % bytes.length)
        expect(() => decodeState(cut)).toThrow(ProtocolError)
        expect(() => decodeState(Uint8Array.of(...bytes, 0))).toThrow(ProtocolError)
        expect(() => decodeState(bytes.with(0, 2))).toThrow(ProtocolError)
      }),
      { numRuns: runs(200) },
    )
  })

  /** A state of each kind in its stored form; byte 1 is the kind, byte 2 the role. */
  const stored = (kind: RatchetState['kind']): Uint8Array => {
    const found = fc.sample(state, { numRuns: 200, seed: 1 }).find((value) => value.kind === kind)
    if (found === undefined) throw new Error('no such state')
    return encodeState(found)
  }
  const fault = (bytes: Uint8Array): string => {
    try {
      decodeState(bytes)
    } catch (error) {
      if (error instanceof ProtocolError) return `${error.blame} ${error.code}`
      throw error
    }
    return 'none'
  }

  test('that names no kind, no role or a role that its kind has not is our own corruption', () => {
    for (const kind of ['opening', 'sending', 'receiving'] as const) {
      const bytes = stored(kind)
      expect(fault(bytes.slice())).toBe('none')
      expect(fault(bytes.with(1, 3))).toBe('local malformed')
      expect(fault(bytes.with(2, 2))).toBe('local malformed')
    }
    expect(fault(stored('opening').with(2, 1))).toBe('local malformed')
  })

  test(`remembers ${FINISHED_CHAINS} finished chains and is refused with more, or with half a one`, () => {
    const settled = reread(stored('receiving'))
    if (settled.kind !== 'receiving') throw new Error('not receiving')
    const remembering = (length: number) =>
      encodeState({ ...settled, finished: new Uint8Array(length).fill(7) }).slice()
    expect(reread(remembering(FINISHED_CHAINS * 8))).toEqual({
      ...settled,
      finished: new Uint8Array(FINISHED_CHAINS * 8).fill(7),
    })
    expect(fault(remembering((FINISHED_CHAINS + 1) * 8))).toBe('local malformed')
    expect(fault(remembering(FINISHED_CHAINS * 8 - 4))).toBe('local malformed')
  })

  test('is small: a settled conversation fits in 400 bytes', () => {
    const settled = fc.sample(state, 50).filter((value) => value.kind !== 'opening')
    for (const value of settled) expect(encodeState(value).length).toBeLessThanOrEqual(400)
  })
})

describe('the memory of finished chains', () => {
  test('goes by the first eight bytes of a ratchet key, and by all of them', () => {
    const key = Uint8Array.from({ length: 32 }, (_, at) => at)
    const memory = finish(finish(new Uint8Array(0), key), new Uint8Array(32).fill(9))
    expect(isFinished(memory, key)).toBe(true)
    expect(isFinished(memory, key.with(8, 99))).toBe(true)
    for (let at = 0; at < 8; at += 1) expect(isFinished(memory, key.with(at, 99))).toBe(false)
    expect(isFinished(new Uint8Array(0), key)).toBe(false)
  })

  test(`knows the last ${FINISHED_CHAINS} and no more`, () => {
    const keys = Array.from({ length: FINISHED_CHAINS + 1 }, (_, at) => new Uint8Array(32).fill(at))
    const memory = keys.reduce<Uint8Array>(finish, new Uint8Array(0))
    expect(keys.map((key) => isFinished(memory, key))).toEqual([
      false,
      ...keys.slice(1).map(() => true),
    ])
  })
})
