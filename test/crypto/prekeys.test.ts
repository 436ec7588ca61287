// Prekeys of one's own, and what becomes of a bundle that a server tampered with (A8).

import { describe, expect, test } from 'vitest'
import { checkBundle } from '../../src/crypto/bundle.ts'
import { makePrekey } from '../../src/crypto/prekeys.ts'
import { toHex } from '../../src/protocol/bytes.ts'
import type { Prekey, PrekeyBundle, PrekeyKind } from '../../src/protocol/prekeys.ts'
import { makeAccount, makeDevice } from '../helpers/identity.ts'
import { codeOf, PROVIDERS } from '../helpers/providers.ts'
import { seededEnv } from '../helpers/session-device.ts'

const KINDS = ['curve-signed', 'curve-one-time', 'kem-last-resort', 'kem-one-time'] as const

describe.each(PROVIDERS)('with $name', (primitives) => {
  const env = seededEnv(primitives, 'prekeys')
  const { ref } = makeAccount(env)
  const local = makeDevice(env, ref)
  const other = makeDevice(env, ref)
  const peer = {
    ...ref,
    device: local.device,
    signingKey: local.signing.publicKey,
    agreementKey: local.agreement.publicKey,
  }

  const published = (kind: PrekeyKind, device = local): Prekey => {
    const { id, key, createdAt, signature } = makePrekey(env, device, kind, 7)
    return { id, key, createdAt, signature }
  }
  const good: PrekeyBundle = {
    device: local.device,
    curveSigned: published('curve-signed'),
    curveOneTime: published('curve-one-time'),
    kem: published('kem-one-time'),
    kemKind: 'kem-one-time',
  }
  const refuse = (change: Partial<PrekeyBundle>) =>
    expect(codeOf(() => checkBundle(primitives, peer, { ...good, ...change }))).toBe('bad_bundle')

  test.each(KINDS)('a %s prekey has the sizes of its kind and opens what it should', (kind) => {
    const prekey = makePrekey(env, local, kind, 3)
    expect(prekey).toMatchObject({ kind, id: 3 })
    expect(prekey.signature).toHaveLength(64)
    if (kind.startsWith('curve')) {
      expect([prekey.key.length, prekey.privateKey.length]).toEqual([32, 32])
      const pair = primitives.x25519KeyPair(prekey.privateKey)
      expect(toHex(pair.publicKey)).toBe(toHex(prekey.key))
    } else {
      expect([prekey.key.length, prekey.privateKey.length]).toEqual([1568, 64])
      const { ciphertext, secret } = primitives.mlKemEncapsulate(prekey.key, env.random(32))
      const opened = primitives.mlKemDecapsulate(prekey.privateKey, ciphertext)
      expect(toHex(opened)).toBe(toHex(secret))
    }
  })

  test('no two prekeys are alike', () => {
    const keys = Array.from({ length: 20 }, (_, id) => makePrekey(env, local, 'curve-one-time', id))
    expect(new Set(keys.map(({ key }) => toHex(key))).size).toBe(20)
  })

  test('a bundle whose every prekey is signed as its kind is taken', () => {
    checkBundle(primitives, peer, good)
    checkBundle(primitives, peer, {
      device: good.device,
      curveSigned: good.curveSigned,
      kem: published('kem-last-resort'),
      kemKind: 'kem-last-resort',
    })
  })

  test('a prekey in the place of another kind is refused, in every place', () => {
    const curve = { signed: good.curveSigned, once: published('curve-one-time') }
    refuse({ curveSigned: curve.once })
    refuse({ curveOneTime: curve.signed })
    refuse({ kem: published('kem-last-resort') })
    refuse({ kemKind: 'kem-last-resort' })
    refuse({ kem: curve.signed })
    refuse({ curveSigned: good.kem })
  })

  test('a prekey of another device, of no signature or of one changed field is refused', () => {
    refuse({ curveSigned: published('curve-signed', other) })
    refuse({ device: other.device })
    const { curveSigned, kem } = good
    refuse({ curveSigned: { ...curveSigned, id: 8 } })
    refuse({ curveSigned: { ...curveSigned, createdAt: curveSigned.createdAt + 1 } })
    refuse({ curveSigned: { ...curveSigned, key: other.agreement.publicKey } })
    refuse({ curveSigned: { ...curveSigned, signature: new Uint8Array(64) } })
    refuse({ curveSigned: { ...curveSigned, signature: new Uint8Array(0) } })
    refuse({ kem: { ...kem, key: published('kem-one-time').key } })
    refuse({ kem: { ...kem, signature: kem.signature.subarray(1) } })
  })
})
