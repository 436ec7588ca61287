import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type PasetoParts,
  parsePaseto,
  preAuthEncode,
  signPaseto,
  verifyPaseto,
} from '../../server/paseto.ts'
import { toHex, utf8 } from '../../src/protocol/bytes.ts'

const root = resolve(import.meta.dirname, '../..')
const file = join(process.env.SOTTO_VECTORS ?? join(root, '../shared/vectors'), 'paseto/v4.json')

interface Vector {
  readonly name: string
  readonly 'expect-fail': boolean
  readonly 'public-key-pem'?: string
  readonly 'secret-key-pem'?: string
  readonly token: string
  readonly payload: string | null
  readonly footer: string
  readonly 'implicit-assertion': string
}

const vectors: readonly Vector[] = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8')).tests
  : []

const opened = (key: KeyObject, token: string, rest: Pick<PasetoParts, 'footer' | 'implicit'>) => {
  const parts = parsePaseto(token)
  if (parts === undefined || !verifyPaseto(key, parts, rest)) return undefined
  return Buffer.from(parts.payload).toString('utf8')
}

const SEED_PEM = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEILTL+0PfTOIQcn2VPkpxMwf6Gbt9n4UEFDjZ4RuUKjd0
-----END PRIVATE KEY-----`
const secret = createPrivateKey(SEED_PEM)
const open = createPublicKey(secret)

describe.skipIf(vectors.length === 0)('the published v4 vectors (skipped where absent)', () => {
  test('there are seventeen, five of which must fail', () => {
    expect(vectors.length).toBe(17)
    expect(vectors.filter((vector) => vector['expect-fail']).length).toBe(5)
  })

  test.each(vectors.filter(({ name }) => name.startsWith('4-S-')))(
    '$name signs to the very token and verifies',
    (vector) => {
      const implicit = utf8(vector['implicit-assertion'])
      const footer = utf8(vector.footer)
      const payload = utf8(vector.payload ?? '')
      const token = signPaseto(createPrivateKey(vector['secret-key-pem'] ?? ''), {
        payload,
        footer,
        implicit,
      })
      expect(token).toBe(vector.token)
      const key = createPublicKey(vector['public-key-pem'] ?? '')
      expect(opened(key, vector.token, { footer, implicit })).toBe(vector.payload)
    },
  )

  test.each(vectors.filter(({ name }) => !name.startsWith('4-S-')))(
    '$name is not a public token of ours',
    (vector) => {
      const rest = { footer: utf8(vector.footer), implicit: utf8(vector['implicit-assertion']) }
      const key = vector['public-key-pem'] ? createPublicKey(vector['public-key-pem']) : open
      expect(opened(key, vector.token, rest)).toBeUndefined()
    },
  )
})

describe('a token', () => {
  const parts = { payload: utf8('{"a":1}'), footer: utf8('foot'), implicit: utf8('here') }
  const token = signPaseto(secret, parts)

  test('opens with its footer and its implicit assertion only', () => {
    expect(opened(open, token, parts)).toBe('{"a":1}')
    expect(opened(open, token, { ...parts, implicit: utf8('there') })).toBeUndefined()
    expect(opened(open, token, { ...parts, footer: utf8('fool') })).toBeUndefined()
  })

  test('has one form: no padding, no empty footer, no other header', () => {
    const bare = signPaseto(secret, { ...parts, footer: new Uint8Array() })
    const none = { ...parts, footer: new Uint8Array() }
    expect(opened(open, bare, none)).toBe('{"a":1}')
    for (const other of [
      `${bare}.`,
      `${bare}=`,
      ` ${bare}`,
      bare.replace('v4', 'v3'),
      bare.replace('v4', 'v2'),
      bare.replace('public', 'local'),
      bare.replace('v4.public', 'v4.Public'),
      bare.slice('v4.public.'.length),
    ]) {
      expect(opened(open, other, none), other.slice(0, 16)).toBeUndefined()
    }
  })

  test('with any character changed does not open', () => {
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom(...'AZaz09-_.='),
        (place, character) => {
          fc.pre(token[place] !== character)
          const changed = token.slice(0, place) + character + token.slice(place + 1)
          expect(opened(open, changed, parts)).toBeUndefined()
        },
      ),
      { numRuns: 300 },
    )
  })

  test('pre-authentication encoding is the specification’s', () => {
    expect(toHex(preAuthEncode([]))).toBe('0000000000000000')
    expect(toHex(preAuthEncode([utf8('')]))).toBe('01000000000000000000000000000000')
    expect(toHex(preAuthEncode([utf8('test')]))).toBe('0100000000000000040000000000000074657374')
  })
})
