// PQXDH: who is bound into the secret, which keys are believed, what is refused (A7, A8, A9).

import { describe, expect, test } from 'vitest'
import type { Primitives } from '../../src/crypto/primitives.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import type { LocalDevice, PeerDevice } from '../../src/crypto/session.ts'
import { decryptFrom, startSession } from '../../src/crypto/sessions.ts'
import { utf8 } from '../../src/protocol/bytes.ts'
import { decode, encode } from '../../src/protocol/codec.ts'
import { type Envelope, envelopeCodec } from '../../src/protocol/envelope.ts'
import type { Prekey, PrekeyBundle } from '../../src/protocol/prekeys.ts'
import { LOW_ORDER_POINTS } from '../helpers/low-order-points.ts'
import { memoSlow } from '../helpers/memo-slow.ts'
import { refusal } from '../helpers/refusal.ts'
import { SessionDevice } from '../helpers/session-device.ts'

const primitives: Primitives = memoSlow(nodePrimitives)
const ann = new SessionDevice(primitives, 'handshake ann')
const ben = new SessionDevice(primitives, 'handshake ben')
const eve = new SessionDevice(primitives, 'handshake eve')

function firstMessage(): Uint8Array {
  for (const device of [ann, ben, eve]) device.forget()
  ann.start(ben, { curveOneTime: false })
  return ann.seal(ben, utf8('hello'))
}

function first(envelope: Uint8Array): Extract<Envelope, { kind: 'first' }> {
  const parsed = decode(envelopeCodec, envelope)
  if (parsed.kind !== 'first') throw new Error('not a first message')
  return parsed
}

describe('who is bound into the secret', () => {
  const asBen = (local: Partial<LocalDevice>, peer: Partial<PeerDevice>): (() => unknown) => {
    const envelope = firstMessage()
    const here = { ...ben.local, ...local }
    const there = { ...ann.public, ...peer }
    return () => decryptFrom(ben.env, here, there, ben.book(ann), envelope)
  }

  test('a genuine first message opens', () => {
    expect(asBen({}, {})).not.toThrow()
  })

  const strangers: readonly [string, Partial<LocalDevice>, Partial<PeerDevice>][] = [
    ['the sender has another account id', {}, { account: eve.local.account }],
    ['the sender has another account key', {}, { accountKey: eve.local.accountKey }],
    ['the sender is another device', {}, { device: eve.local.device }],
    ['the sender signs with another key', {}, { signingKey: eve.public.signingKey }],
    ['the receiver has another account id', { account: eve.local.account }, {}],
    ['the receiver has another account key', { accountKey: eve.local.accountKey }, {}],
    ['the receiver is another device', { device: eve.local.device }, {}],
    ['the receiver signs with another key', { signing: eve.local.signing }, {}],
    ['the receiver agrees with another key', { agreement: eve.local.agreement }, {}],
  ]
  test.each(strangers)('it does not open where %s', (_name, local, peer) => {
    expect(refusal(asBen(local, peer)).code).toBe('not_authentic')
  })

  test('a head with another identity key than the device list has is named so', () => {
    const peer = { agreementKey: eve.public.agreementKey }
    expect(refusal(asBen({}, peer)).code).toBe('identity_mismatch')
  })

  test('somebody who registers our keys as theirs does not read what is sent to them', () => {
    // Eve's account shows Ben's keys; Ann writes to "Eve", the server hands it to Ben.
    for (const device of [ann, ben]) device.forget()
    const eveWithBensKeys = {
      ...ben.public,
      account: eve.local.account,
      accountKey: eve.local.accountKey,
    }
    const book = ann.book(eve)
    book.apply(startSession(ann.env, ann.local, eveWithBensKeys, ben.bundle(), book))
    const envelope = ann.seal(eve, utf8('for eve only'))
    expect(refusal(() => ben.open(ann, envelope)).code).toBe('not_authentic')
  })
})

describe('a bundle', () => {
  const start = (bundle: PrekeyBundle) => (): unknown =>
    startSession(ann.env, ann.local, ben.public, bundle, ann.book(ben))
  const genuine = ben.bundle({ curveOneTime: true, kemKind: 'kem-one-time' })
  const oneTime = genuine.curveOneTime
  if (oneTime === undefined) throw new Error('no one-time prekey')
  const other = ben.bundle({ kemKind: 'kem-last-resort' })
  const bent = (prekey: Prekey): Prekey => ({
    ...prekey,
    signature: prekey.signature.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
  })
  const stranger = eve.bundle({ curveOneTime: true, kemKind: 'kem-one-time' })

  test('that is genuine is taken', () => {
    expect(start(genuine)).not.toThrow()
  })

  const wrong: readonly [string, PrekeyBundle][] = [
    ['signs its signed prekey wrongly', { ...genuine, curveSigned: bent(genuine.curveSigned) }],
    ['signs its one-time prekey wrongly', { ...genuine, curveOneTime: bent(oneTime) }],
    ['signs its KEM prekey wrongly', { ...genuine, kem: bent(genuine.kem) }],
    [
      'has a signature of no bytes',
      { ...genuine, curveSigned: { ...genuine.curveSigned, signature: new Uint8Array(0) } },
    ],
    ['shows a one-time prekey as the signed one', { ...genuine, curveSigned: oneTime }],
    [
      'shows the signed prekey as a one-time one',
      { ...genuine, curveOneTime: genuine.curveSigned },
    ],
    ['shows a one-time KEM prekey as the last resort', { ...genuine, kemKind: 'kem-last-resort' }],
    ['shows the last resort as a one-time KEM prekey', { ...other, kemKind: 'kem-one-time' }],
    ['shows a curve key as a KEM key', { ...genuine, kem: genuine.curveSigned }],
    ['shows a KEM key as a curve key', { ...genuine, curveSigned: genuine.kem }],
    ['gives a prekey another id', { ...genuine, kem: { ...genuine.kem, id: 99 } }],
    [
      'gives a prekey another age',
      { ...genuine, curveSigned: { ...genuine.curveSigned, createdAt: 1 } },
    ],
    ['is of another device by name', { ...genuine, device: eve.local.device }],
    ['is of another device by key', { ...stranger, device: ben.local.device }],
    ['mixes in another device’s key', { ...genuine, kem: stranger.kem }],
  ]
  test.each(wrong)('that %s is refused', (_name, bundle) => {
    expect(refusal(start(bundle)).code).toBe('bad_bundle')
  })
})

describe('a point of small order', () => {
  /** Ben's device signs whatever key it is given: an agreement must refuse it all the same. */
  function signedByBen(kind: 'curve-signed' | 'curve-one-time', key: Uint8Array): Prekey {
    return ben.signPrekey(kind, { id: 77, key, createdAt: 1 })
  }

  test.each(LOW_ORDER_POINTS)('(%s) is refused at every entry', (_name, point) => {
    const genuine = ben.bundle()
    const start = (peer: PeerDevice, bundle: PrekeyBundle) => (): unknown =>
      startSession(ann.env, ann.local, peer, bundle, ann.book(ben))
    const signed = { ...genuine, curveSigned: signedByBen('curve-signed', point) }
    expect(refusal(start(ben.public, signed)).code).toBe('bad_bundle')
    const oneTime = { ...genuine, curveOneTime: signedByBen('curve-one-time', point) }
    expect(refusal(start(ben.public, oneTime)).code).toBe('bad_bundle')
    const identity = { ...ben.public, agreementKey: point }
    expect(refusal(start(identity, genuine)).code).toBe('bad_bundle')

    const parsed = first(firstMessage())
    const open =
      (envelope: Envelope, peer = ann.public) =>
      (): unknown =>
        decryptFrom(ben.env, ben.local, peer, ben.book(ann), encode(envelopeCodec, envelope))
    const ephemeral = { ...parsed, handshake: { ...parsed.handshake, ephemeralKey: point } }
    expect(refusal(open(ephemeral)).message).toContain('bad_key')
    const sender = { ...parsed, handshake: { ...parsed.handshake, identityKey: point } }
    expect(refusal(open(sender, { ...ann.public, agreementKey: point })).message).toContain(
      'bad_key',
    )
    const ratchet = { ...parsed, header: { ...parsed.header, ratchetKey: point } }
    expect(refusal(open(ratchet)).message).toContain('bad_key')

    ben.open(ann, encode(envelopeCodec, parsed))
    ann.open(ben, ben.seal(ann, utf8('answer')))
    const later = decode(envelopeCodec, ann.seal(ben, utf8('later')))
    const step = { ...later, header: { ...later.header, ratchetKey: point } }
    expect(refusal(open(step)).message).toContain('bad_key')
  })
})
