// Project Wycheproof's vectors through both providers: every valid case gives its answer, every
// invalid one is refused.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CryptoError, type Primitives } from '../../src/crypto/primitives.ts'
import { concat, fromHex, toHex } from '../../src/protocol/bytes.ts'
import { PROVIDERS } from '../helpers/providers.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = join(process.env.SOTTO_VECTORS ?? join(root, '../shared/vectors'), 'wycheproof')

type Case = Readonly<Record<string, string>> & { readonly tcId: string; readonly flags?: unknown }
interface Group {
  readonly publicKey?: { readonly pk: string }
  readonly tests: readonly Case[]
}

const groupsOf = (name: string): readonly Group[] =>
  JSON.parse(readFileSync(join(folder, `${name}_test.json`), 'utf8')).testGroups

function bytes(hex: string | undefined): Uint8Array {
  const raw = fromHex(hex ?? '')
  if (raw === undefined) throw new Error('not hexadecimal')
  return raw
}

/** What came out, as hexadecimal, or that it was refused. Any other error is a failure. */
function outcome(work: () => Uint8Array): string {
  try {
    return toHex(work())
  } catch (error) {
    if (error instanceof CryptoError) return 'refused'
    throw error
  }
}

/** Runs every case of a file and names the ones whose outcome is not the wanted one. */
function runFile(
  name: string,
  run: (one: Case, group: Group) => { readonly got: string; readonly wanted: string },
): number {
  const wrong: string[] = []
  let count = 0
  for (const group of groupsOf(name)) {
    for (const one of group.tests) {
      const { got, wanted } = run(one, group)
      count += 1
      if (got !== wanted) wrong.push(`${name} ${one.tcId}: ${got} instead of ${wanted}`)
    }
  }
  expect(wrong).toEqual([])
  return count
}

type Aead = 'aesGcm' | 'chacha'

function runAead(primitives: Primitives, aead: Aead, one: Case) {
  const box = { key: bytes(one.key), nonce: bytes(one.iv), ad: bytes(one.aad) }
  const sealed = concat(bytes(one.ct), bytes(one.tag))
  // Our nonces are 96 bits and our keys 256, always: other sizes are refused, valid or not.
  const ours = box.nonce.length === 12 && box.key.length === 32 && bytes(one.tag).length === 16
  const valid = one.result === 'valid' && ours
  const opened = outcome(() => primitives[`${aead}Open`]({ ...box, data: sealed }))
  if (!valid) return { got: opened, wanted: 'refused' }
  const made = outcome(() => primitives[`${aead}Seal`]({ ...box, data: bytes(one.msg) }))
  return { got: `${opened} ${made}`, wanted: `${one.msg} ${toHex(sealed)}` }
}

const LOW_ORDER = ['ZeroSharedSecret', 'LowOrderPublic']

describe.skipIf(!existsSync(folder))('Wycheproof (skipped where the vectors are absent)', () => {
  describe.each(PROVIDERS)('through $name', (primitives) => {
    test.each([
      ['aes_gcm', 'aesGcm', 316],
      ['chacha20_poly1305', 'chacha', 325],
    ] as const)('%s seals and opens the valid and opens nothing else', (name, aead, count) => {
      expect(runFile(name, (one) => runAead(primitives, aead, one))).toBe(count)
    })

    test('X25519 agrees on every point but those of small order', () => {
      const count = runFile('x25519', (one) => {
        const flags = one.flags as readonly string[]
        const zero = flags.includes('ZeroSharedSecret') || /^0+$/.test(one.shared ?? '')
        expect(zero).toBe(flags.some((flag) => LOW_ORDER.includes(flag)))
        return {
          got: outcome(() => primitives.x25519Agree(bytes(one.private), bytes(one.public))),
          wanted: zero ? 'refused' : (one.shared ?? ''),
        }
      })
      expect(count).toBe(518)
    })

    test('Ed25519 verifies the valid signatures only', () => {
      const count = runFile('ed25519', (one, { publicKey }) => {
        const key = bytes(publicKey?.pk)
        const good = primitives.ed25519Verify(key, bytes(one.msg), bytes(one.sig))
        return { got: good ? 'valid' : 'invalid', wanted: one.result ?? '' }
      })
      expect(count).toBe(151)
    })

    test('HKDF gives every output and refuses every size that it has not', () => {
      const count = runFile('hkdf_sha256', (one) => ({
        got: outcome(() =>
          primitives.hkdfSha256({
            ikm: bytes(one.ikm),
            salt: bytes(one.salt),
            info: bytes(one.info),
            length: Number(one.size),
          }),
        ),
        wanted: one.result === 'valid' ? (one.okm ?? '') : 'refused',
      }))
      expect(count).toBe(86)
    })

    test('HMAC gives every valid tag and no invalid one', () => {
      const count = runFile('hmac_sha256', (one) => {
        const tag = outcome(() => primitives.hmacSha256(bytes(one.key), bytes(one.msg)))
        const same = tag.slice(0, one.tag?.length) === one.tag
        return { got: same ? 'valid' : 'invalid', wanted: one.result ?? '' }
      })
      expect(count).toBe(174)
    })

    test('ML-KEM makes every key of its seed', () => {
      const count = runFile('mlkem_1024_keygen_seed', (one) => ({
        got: outcome(() => primitives.mlKemKeyPair(bytes(one.seed)).publicKey),
        wanted: one.ek ?? '',
      }))
      expect(count).toBe(100)
    })

    test('ML-KEM encapsulates to every good key and to no bad one', () => {
      const count = runFile('mlkem_1024_encaps', (one) => {
        const made = () => primitives.mlKemEncapsulate(bytes(one.ek), bytes(one.m))
        if (one.result !== 'valid') return { got: outcome(() => made().secret), wanted: 'refused' }
        const { ciphertext, secret } = made()
        // A native provider draws its own randomness: nothing to compare but the sizes.
        const reproducible = toHex(made().secret) === toHex(secret)
        return reproducible
          ? { got: toHex(concat(ciphertext, secret)), wanted: `${one.c}${one.K}` }
          : { got: `${ciphertext.length} ${secret.length}`, wanted: '1568 32' }
      })
      expect(count).toBe(269)
    })

    test('ML-KEM decapsulates, rejects implicitly, and refuses every wrong length', () => {
      const count = runFile('mlkem_1024', (one) => ({
        got: outcome(() => primitives.mlKemDecapsulate(bytes(one.seed), bytes(one.c))),
        wanted: one.result === 'valid' ? (one.K ?? '') : 'refused',
      }))
      expect(count).toBe(193)
    })
  })
})
