// What every decoder of the house must stand: the value comes back, every other length is
// refused, and mutated or random bytes bring out a value or the one protocol error.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Codec, decode, encode } from '../../src/protocol/codec.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { runs } from './deep.ts'

/** 10,000 inputs by default; the nightly run asks for a million. */
const FUZZ_INPUTS = Number(process.env.SOTTO_FUZZ ?? 10_000)
/** A millisecond for each input is ten times what the slowest decoder needs. */
const FUZZ_TIMEOUT_MS = Math.max(30_000, FUZZ_INPUTS)
const SEED = Number(process.env.SOTTO_SEED ?? Date.now() % 2 ** 31)

export function decoderContract<T>(name: string, codec: Codec<T>, values: fc.Arbitrary<T>): void {
  describe(name, () => {
    test('gives back what was written', () => {
      fc.assert(
        fc.property(values, (value) => {
          expect(decode(codec, encode(codec, value))).toEqual(value)
        }),
        { numRuns: runs(300) },
      )
    })

    test('refuses every shorter and every longer input', () => {
      fc.assert(
        fc.property(values, fc.nat(), (value, cut) => {
          const whole = encode(codec, value)
          const shorter = whole.subarray(0, cut % Math.max(1, whole.length))
          expect(() => decode(codec, shorter)).toThrow(ProtocolError)
          const longer = new Uint8Array(whole.length + 1)
          longer.set(whole)
          expect(() => decode(codec, longer)).toThrow(ProtocolError)
        }),
        { numRuns: runs(300) },
      )
    })

    test(`answers ${FUZZ_INPUTS} mutated and random inputs with a value or a protocol error`, {
      timeout: FUZZ_TIMEOUT_MS,
    }, () => {
      fuzzDecoder(
        (raw) => {
          const value = decode(codec, raw)
          // Whatever decodes has exactly one encoding: the bytes it came from.
          expect(Buffer.compare(encode(codec, value), raw)).toBe(0)
        },
        fc.sample(values, { numRuns: 50, seed: SEED }).map((value) => encode(codec, value)),
      )
    })
  })
}

/** Throws if `run` throws anything but ProtocolError for some input; names seed and input. */
export function fuzzDecoder(run: (raw: Uint8Array) => void, seeds: readonly Uint8Array[]): void {
  const random = xorshift(SEED)
  for (let count = 0; count < FUZZ_INPUTS; count += 1) {
    const raw = count % 4 === 0 ? noise(random) : mutate(seeds[random() % seeds.length], random)
    try {
      run(raw)
    } catch (error) {
      if (error instanceof ProtocolError) continue
      throw new Error(`seed ${SEED}, input ${Buffer.from(raw).toString('hex')}`, { cause: error })
    }
  }
}

function xorshift(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

function noise(random: () => number): Uint8Array {
  return Uint8Array.from({ length: random() % 200 }, () => random() & 0xff)
}

function mutate(seed: Uint8Array | undefined, random: () => number): Uint8Array {
  const bytes = Array.from(seed ?? [])
  for (let edits = 1 + (random() % 3); edits > 0; edits -= 1) {
    const at = random() % (bytes.length + 1)
    const choice = random() % 4
    if (choice === 0) bytes[at % Math.max(1, bytes.length)] = random() & 0xff
    else if (choice === 1) bytes.splice(at, 1 + (random() % 8))
    else if (choice === 2) bytes.splice(at, 0, random() & 0xff)
    else bytes[at % Math.max(1, bytes.length)] = random() & 1 ? 0xff : 0
  }
  return Uint8Array.from(bytes)
}
