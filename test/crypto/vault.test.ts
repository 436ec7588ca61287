// The sealed file: one passphrase opens it, on every runtime, and no byte of it can be changed.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { portableArgon2id } from '../../src/crypto/argon2-noble.ts'
import { noblePrimitives } from '../../src/crypto/provider-noble.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { makeVaultKey, openVault, openVaultWith, sealVault } from '../../src/crypto/vault.ts'
import { preferredKdf, stretch, type VaultKdf, vaultKdf } from '../../src/crypto/vault-kdf.ts'
import { concat, toHex, utf8 } from '../../src/protocol/bytes.ts'
import { decode, encode } from '../../src/protocol/codec.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { decoderContract } from '../helpers/decoder-contract.ts'
import { codeOf } from '../helpers/providers.ts'
import { seededEnv } from '../helpers/session-device.ts'

/** The cheapest that the format takes. */
const KDFS: readonly VaultKdf[] = [
  { kind: 'scrypt', logN: 15 },
  { kind: 'argon2id', memoryKiB: 19 * 1024, passes: 1, lanes: 1 },
]
const env = seededEnv(nodePrimitives, 'vaults')
const secret = utf8('the seeds')

const rejection = async (work: Promise<unknown>): Promise<unknown> => {
  const outcome = await work.then(
    () => 'opened',
    (error: unknown) => error,
  )
  return outcome instanceof Error && 'code' in outcome ? outcome.code : outcome
}

describe.each(KDFS)('under $kind', (kdf) => {
  test('opens with the passphrase, on both providers, and with no other', async () => {
    const key = await makeVaultKey(env, 'correct horse', kdf)
    const sealed = sealVault(env, key, secret)
    for (const primitives of [nodePrimitives, noblePrimitives]) {
      const opened = await openVault(primitives, 'correct horse', sealed)
      expect(toHex(opened.plaintext)).toBe(toHex(secret))
      expect(opened.key.kdf).toEqual(kdf)
    }
    for (const wrong of ['', 'correct horsf', 'correct horse ']) {
      expect(await rejection(openVault(nodePrimitives, wrong, sealed))).toBe('not_authentic')
    }
  })

  test('seals again under the kept key, with another nonce each time', async () => {
    const key = await makeVaultKey(env, 'passphrase', kdf)
    const sealings = Array.from({ length: 20 }, () => sealVault(env, key, secret))
    expect(new Set(sealings.map(toHex)).size).toBe(20)
    for (const sealed of sealings) {
      expect(toHex(openVaultWith(nodePrimitives, key, sealed) ?? utf8(''))).toBe(toHex(secret))
    }
    const again = await openVault(nodePrimitives, 'passphrase', sealings[0] ?? secret)
    expect(toHex(again.key.key)).toBe(toHex(key.key))
  })
})

decoderContract(
  'the derivation’s parameters',
  vaultKdf,
  fc.oneof(
    fc.record({ kind: fc.constant('scrypt' as const), logN: fc.integer({ min: 15, max: 19 }) }),
    fc.record({
      kind: fc.constant('argon2id' as const),
      memoryKiB: fc.integer({ min: 19 * 1024, max: 512 * 1024 }),
      passes: fc.integer({ min: 1, max: 10 }),
      lanes: fc.integer({ min: 1, max: 8 }),
    }),
  ),
)

describe('the format', () => {
  const key = { kdf: KDFS[0] ?? preferredKdf, salt: env.random(16), key: env.random(32) }
  const sealed = sealVault(env, key, secret)

  test('takes no changed bit, no shorter and no longer file', () => {
    const open = (raw: Uint8Array): unknown => {
      try {
        return openVaultWith(nodePrimitives, key, raw)
      } catch (error) {
        return error instanceof ProtocolError
          ? 'malformed'
          : codeOf(() => {
              throw error
            })
      }
    }
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const raw = Uint8Array.from(sealed)
      raw[bit >> 3] = (raw[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      // `undefined`: it names another salt or other parameters, hence another key.
      expect(['malformed', 'not_authentic', undefined]).toContain(open(raw))
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(open(sealed.subarray(0, length))).toBe('malformed')
    }
    expect(open(concat(sealed, Uint8Array.of(0)))).toBe('malformed')
  })

  test('that is none is told from one under another key', () => {
    for (let at = 0; at < 9; at += 1) {
      const raw = sealed.with(at, (sealed[at] ?? 0) ^ 1)
      expect(() => openVaultWith(nodePrimitives, key, raw)).toThrow(ProtocolError)
    }
    const salted = { ...key, salt: key.salt.with(3, (key.salt[3] ?? 0) ^ 1) }
    expect(openVaultWith(nodePrimitives, salted, sealed)).toBeUndefined()
  })

  test('binds the parameters: the same key under other words does not open', () => {
    const other = { ...key, kdf: { kind: 'scrypt', logN: 16 } as const }
    expect(openVaultWith(nodePrimitives, other, sealed)).toBeUndefined()
    // The head rewritten to match: the tag covers it.
    const raw = Uint8Array.from(sealed)
    raw[10] = 16
    expect(codeOf(() => openVaultWith(nodePrimitives, other, raw))).toBe('not_authentic')
  })

  test('refuses parameters that are too weak, or that would take the machine', () => {
    const bad: readonly VaultKdf[] = [
      { kind: 'scrypt', logN: 14 },
      { kind: 'scrypt', logN: 20 },
      { kind: 'argon2id', memoryKiB: 1024, passes: 3, lanes: 1 },
      { kind: 'argon2id', memoryKiB: 2 ** 20, passes: 3, lanes: 1 },
      { kind: 'argon2id', memoryKiB: 65_536, passes: 0, lanes: 1 },
      { kind: 'argon2id', memoryKiB: 65_536, passes: 200, lanes: 1 },
      { kind: 'argon2id', memoryKiB: 65_536, passes: 3, lanes: 0 },
    ]
    for (const kdf of bad) expect(() => encode(vaultKdf, kdf)).toThrow(ProtocolError)
    const least = { kind: 'argon2id', memoryKiB: 19 * 1024, passes: 1, lanes: 1 } as const
    const most = { kind: 'argon2id', memoryKiB: 512 * 1024, passes: 10, lanes: 8 } as const
    for (const kdf of [
      least,
      most,
      ...[15, 19].map((logN) => ({ kind: 'scrypt', logN }) as const),
    ]) {
      expect(decode(vaultKdf, encode(vaultKdf, kdf))).toEqual(kdf)
    }
    const over = [
      { memoryKiB: 19 * 1024 - 1 },
      { memoryKiB: 512 * 1024 + 1 },
      { passes: 11 },
      { lanes: 9 },
    ]
    for (const change of over) {
      expect(() => encode(vaultKdf, { ...least, ...change })).toThrow(ProtocolError)
    }
    expect(() => decode(vaultKdf, Uint8Array.of(1, 31))).toThrow(ProtocolError)
    expect(() => decode(vaultKdf, Uint8Array.of(3, 17))).toThrow(ProtocolError)
  })

  test('answers random bytes with a protocol error before any key derivation', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 120 }), async (raw) => {
        await expect(openVault(nodePrimitives, 'any', raw)).rejects.toThrow(ProtocolError)
      }),
    )
  })

  test('seals nothing under a key that was wiped', () => {
    const wiped = { ...key, key: new Uint8Array(32) }
    expect(codeOf(() => sealVault(env, wiped, secret))).toBe('bad_key')
    const almost = { ...key, key: new Uint8Array(32).with(31, 1) }
    expect(
      toHex(openVaultWith(nodePrimitives, almost, sealVault(env, almost, secret)) ?? key.key),
    ).toBe(toHex(secret))
  })

  test('holds what fits and no more', () => {
    const full = new Uint8Array(64 * 1024)
    expect(openVaultWith(nodePrimitives, key, sealVault(env, key, full))).toHaveLength(full.length)
    expect(() => sealVault(env, key, new Uint8Array(full.length + 1))).toThrow(ProtocolError)
  })
})

describe('the passphrase', () => {
  const kdf = KDFS[0] ?? preferredKdf
  const salt = new Uint8Array(16)

  test('is the same however its accents are composed', async () => {
    const composed = await stretch(kdf, 'caf\u00e9', salt)
    expect(toHex(await stretch(kdf, 'cafe\u0301', salt))).toBe(toHex(composed))
    expect(toHex(await stretch(kdf, 'cafe', salt))).not.toBe(toHex(composed))
  })

  test('gives the same Argon2id whichever implementation runs', async () => {
    const parameters = { memoryKiB: 19 * 1024, passes: 1, lanes: 1 }
    const portable = await portableArgon2id(utf8('x'), salt, { ...parameters, length: 32 })
    const chosen = await stretch({ kind: 'argon2id', ...parameters }, 'x', salt)
    expect(toHex(chosen)).toBe(toHex(portable))
  })

  test('is stretched by default with memory that an attacker has to pay for', () => {
    if (preferredKdf.kind === 'scrypt') expect(preferredKdf.logN).toBeGreaterThanOrEqual(17)
    else expect(preferredKdf.memoryKiB * preferredKdf.passes).toBeGreaterThanOrEqual(3 * 65_536)
  })
})
