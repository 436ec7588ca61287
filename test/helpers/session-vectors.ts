// Makes pqxdh.json and double-ratchet.json, each with every input and every value in between, so
// that a second implementation can find its first wrong byte.
//   node --import tsx test/helpers/session-vectors.ts
// writes them anew; the tests make them again on both providers and compare.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { initiate, respond } from '../../src/crypto/handshake.ts'
import { nobleKem } from '../../src/crypto/kem-noble.ts'
import type { CryptoEnv, KeyPair, Primitives } from '../../src/crypto/primitives.ts'
import { noblePrimitives } from '../../src/crypto/provider-noble.ts'
import { decodeState, type RatchetState } from '../../src/crypto/ratchet/state.ts'
import type { LocalDevice, Opened, PrivatePrekey } from '../../src/crypto/session.ts'
import { toHex, utf8 } from '../../src/protocol/bytes.ts'
import { decode, encode } from '../../src/protocol/codec.ts'
import { envelopeCodec, handshakeHead } from '../../src/protocol/envelope.ts'
import type { PrekeyBundle } from '../../src/protocol/prekeys.ts'
import { type BundleChoice, SessionDevice } from './session-device.ts'

/** With the portable KEM: a native one draws its randomness itself and repeats nothing. */
export const reproducible = (primitives: Primitives): Primitives => ({
  ...primitives,
  mlKemEncapsulate: (publicKey, random) => nobleKem.encapsulate(publicKey, random),
})

const CHOICES: readonly Required<BundleChoice>[] = [
  { curveOneTime: true, kemKind: 'kem-one-time' },
  { curveOneTime: false, kemKind: 'kem-one-time' },
  { curveOneTime: true, kemKind: 'kem-last-resort' },
  { curveOneTime: false, kemKind: 'kem-last-resort' },
]

/** What `random` gave, in order. */
function recorded(env: CryptoEnv): { readonly env: CryptoEnv; readonly drawn: string[] } {
  const drawn: string[] = []
  const random = (length: number): Uint8Array => {
    const bytes = env.random(length)
    drawn.push(toHex(bytes))
    return bytes
  }
  return { env: { ...env, random }, drawn }
}

const pairHex = (pair: KeyPair | PrivatePrekey) => ({
  private: toHex(pair.privateKey),
  public: toHex(pair.publicKey),
})

const partyHex = (local: LocalDevice) => ({
  account: local.account,
  accountKey: toHex(local.accountKey),
  device: local.device,
  signingKey: toHex(local.signing.publicKey),
  agreement: pairHex(local.agreement),
})

function prekey(device: SessionDevice, kind: Parameters<typeof device.drawer.get>[0], id: number) {
  const found = device.drawer.get(kind, id)
  if (found === undefined) throw new Error('no prekey')
  return found
}

function handshakeVector(primitives: Primitives, choice: Required<BundleChoice>) {
  const ann = new SessionDevice(primitives, 'vector ann')
  const ben = new SessionDevice(primitives, 'vector ben')
  const bundle = ben.bundle(choice)
  const { env, drawn } = recorded(ann.env)
  const { session, root, head } = initiate(env, ann.local, ben.public, {
    bundle,
    startedAt: env.now(),
  })
  const named = {
    signed: prekey(ben, 'curve-signed', bundle.curveSigned.id),
    oneTime: bundle.curveOneTime && prekey(ben, 'curve-one-time', bundle.curveOneTime.id),
    kem: prekey(ben, bundle.kemKind, bundle.kem.id),
  }
  const again = respond(primitives, ben.local, { session, head }, named)
  if (toHex(again) !== toHex(root)) throw new Error('the two ends differ')
  const agree = (own: PrivatePrekey, theirs: Uint8Array): string =>
    toHex(primitives.x25519Agree(own.privateKey, theirs))
  return {
    initiator: partyHex(ann.local),
    responder: partyHex(ben.local),
    signedPrekey: { id: bundle.curveSigned.id, ...pairHex(named.signed) },
    oneTimePrekey: oneTimeHex(bundle, named.oneTime),
    kemPrekey: { kind: bundle.kemKind, id: bundle.kem.id, ...pairHex(named.kem) },
    ephemeralPrivate: drawn[0] ?? '',
    kemRandom: drawn[1] ?? '',
    head: toHex(encode(handshakeHead, head)),
    session: toHex(session),
    dh1: agree(ann.local.agreement, bundle.curveSigned.key),
    dh2: agree(ben.local.agreement, head.ephemeralKey),
    dh3: agree(named.signed, head.ephemeralKey),
    dh4: named.oneTime === undefined ? null : agree(named.oneTime, head.ephemeralKey),
    kemSecret: toHex(primitives.mlKemDecapsulate(named.kem.privateKey, head.kemCiphertext)),
    root: toHex(root),
  }
}

const oneTimeHex = (bundle: PrekeyBundle, pair: PrivatePrekey | undefined) =>
  pair === undefined ? null : { id: bundle.curveOneTime?.id ?? 0, ...pairHex(pair) }

export const pqxdhVectors = (primitives: Primitives) =>
  CHOICES.map((choice) => handshakeVector(reproducible(primitives), choice))

/** `a3`: ann seals message 3. `>3`: its receiver opens it. */
const PLAY = 'a0 a1 a2 >2 >0 b3 b4 a5 >4 a6 a7 >7 >5 >1 >3 b8 b9 >9 a10 >10 >8 >6 b11 >11'.split(
  ' ',
)

interface Message {
  readonly from: SessionDevice
  readonly to: SessionDevice
  readonly envelope: Uint8Array
}

function sessionVector(plain: Primitives) {
  const boxes: { key: string; nonce: string; ad: string }[] = []
  const primitives: Primitives = {
    ...plain,
    aesGcmSeal(box) {
      boxes.push({ key: toHex(box.key), nonce: toHex(box.nonce), ad: toHex(box.ad) })
      return plain.aesGcmSeal(box)
    },
  }
  const ann = new SessionDevice(primitives, 'vector ann')
  const ben = new SessionDevice(primitives, 'vector ben')
  const start = recorded(ann.env)
  const annRecorded = withEnv(ann, start.env)
  annRecorded.start(ben, { kemKind: 'kem-one-time' })
  const opening = { ...begun(ann, ben), drawn: start.drawn }
  const messages: Message[] = []
  const steps = PLAY.map((word) => {
    if (word.startsWith('>')) {
      const message = messages[Number(word.slice(1))]
      if (message === undefined) throw new Error('opened before it was sealed')
      return openedStep(Number(word.slice(1)), message)
    }
    const [from, to] = word.startsWith('a') ? [ann, ben] : [ben, ann]
    const text = `message ${messages.length}`
    const { env, drawn } = recorded(from.env)
    const envelope = withEnv(from, env).seal(to, utf8(text))
    messages.push({ from, to, envelope })
    return {
      seal: messages.length - 1,
      from: word.startsWith('a') ? 'initiator' : 'responder',
      ratchetPrivate: drawn[0] ?? null,
      plaintext: toHex(utf8(text)),
      ...boxes.at(-1),
      envelope: toHex(envelope),
      after: stateHex(from, to),
    }
  })
  return { ...opening, steps }
}

/** The same device, drawing from another source. */
const withEnv = (device: SessionDevice, env: CryptoEnv): Pick<SessionDevice, 'start' | 'seal'> => ({
  start: (peer, choice) => device.start(peer, choice, env),
  seal: (peer, plaintext) => device.seal(peer, plaintext, env),
})

function begun(ann: SessionDevice, ben: SessionDevice) {
  const state = stateOf(ann, ben)
  if (state.kind !== 'opening') throw new Error('answered already')
  const { head } = state
  const signed = prekey(ben, 'curve-signed', head.signedPrekeyId)
  const oneTime = prekey(ben, 'curve-one-time', head.oneTimePrekeyId ?? 0)
  const kem = prekey(ben, head.kemKind, head.kemPrekeyId)
  const session = ann.active(ben) ?? new Uint8Array(0)
  const handshake = { session, head }
  const root = respond(ann.env.primitives, ben.local, handshake, { signed, oneTime, kem })
  return {
    session: toHex(session),
    root: toHex(root),
    initiatorRatchet: pairHex(state.own),
    responderSignedPrekey: pairHex(signed),
    afterStart: stateHex(ann, ben),
  }
}

function openedStep(number: number, { from, to, envelope }: Message) {
  const opened: Opened = to.open(from, envelope)
  const { header } = decode(envelopeCodec, envelope)
  return {
    open: number,
    header: { ...header, ratchetKey: toHex(header.ratchetKey) },
    plaintext: toHex(opened.plaintext),
    skipped: opened.change.skippedAdded.map((key) => ({
      ratchetKey: toHex(key.ratchetKey),
      index: key.index,
      messageKey: toHex(key.messageKey),
    })),
    after: stateHex(to, from),
  }
}

function stateOf(device: SessionDevice, peer: SessionDevice): RatchetState {
  const stored = device.book(peer).sessions[0]
  if (stored === undefined) throw new Error('no session')
  return decodeState(stored.state)
}

function stateHex(device: SessionDevice, peer: SessionDevice) {
  const state = stateOf(device, peer)
  const chain = ({ key, index }: { readonly key: Uint8Array; readonly index: number }) => ({
    key: toHex(key),
    index,
  })
  return {
    kind: state.kind,
    root: toHex(state.root),
    send: state.kind === 'receiving' ? null : chain(state.send),
    receive: state.kind === 'opening' ? null : chain(state.receive),
  }
}

export const ratchetVectors = (primitives: Primitives) => [sessionVector(reproducible(primitives))]

/** Read back, as a second implementation would. */
export const vectorFile = (name: 'pqxdh' | 'double-ratchet'): string =>
  join(import.meta.dirname, '..', 'vectors', `${name}.json`)

if (process.argv[1] === import.meta.filename) {
  const write = (file: string, vectors: unknown): void =>
    writeFileSync(file, `${JSON.stringify(vectors, undefined, 2)}\n`)
  write(vectorFile('pqxdh'), pqxdhVectors(noblePrimitives))
  write(vectorFile('double-ratchet'), ratchetVectors(noblePrimitives))
}

/** @public for readers of the vectors in TypeScript */
export type PqxdhVector = ReturnType<typeof pqxdhVectors>[number]
/** @public */
export type RatchetVector = ReturnType<typeof ratchetVectors>[number]
