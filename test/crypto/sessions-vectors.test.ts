// The known answers of our own: both providers make them again byte for byte, and a second
// implementation that knows only docs/protocol/sessions.md and node:crypto comes to the same.

import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nobleKem } from '../../src/crypto/kem-noble.ts'
import { noblePrimitives } from '../../src/crypto/provider-noble.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { utf8 } from '../../src/protocol/bytes.ts'
import { SessionDevice } from '../helpers/session-device.ts'
import {
  type PqxdhVector,
  pqxdhVectors,
  type RatchetVector,
  ratchetVectors,
  vectorFile,
} from '../helpers/session-vectors.ts'

const read = (name: Parameters<typeof vectorFile>[0]): unknown =>
  JSON.parse(readFileSync(vectorFile(name), 'utf8'))

describe.each([nodePrimitives, noblePrimitives])('the $name provider', (primitives) => {
  test('makes pqxdh.json byte for byte', () => {
    expect(JSON.parse(JSON.stringify(pqxdhVectors(primitives)))).toEqual(read('pqxdh'))
  })

  test('makes double-ratchet.json byte for byte', () => {
    expect(JSON.parse(JSON.stringify(ratchetVectors(primitives)))).toEqual(read('double-ratchet'))
  })
})

describe('the two providers', () => {
  test.each([
    [nodePrimitives, noblePrimitives],
    [noblePrimitives, nodePrimitives],
  ])('talk with each other', (one, other) => {
    const ann = new SessionDevice(one, 'mixed ann')
    const ben = new SessionDevice(other, 'mixed ben')
    ann.start(ben, { kemKind: 'kem-one-time' })
    for (let round = 0; round < 4; round += 1) {
      for (const [from, to] of [
        [ann, ben],
        [ben, ann],
      ] as const) {
        const plaintext = utf8(`round ${round}`)
        expect(to.open(from, from.seal(to, plaintext)).plaintext).toEqual(plaintext)
      }
    }
  })
})

// From here on nothing of the product but the KEM (Node 20 has none) is used.

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const id = (uuid: string): Buffer => hex(uuid.replaceAll('-', ''))
const labelled = (label: string): Buffer => Buffer.from(`${label}\0`)
const hmac = (key: Uint8Array, ...data: Uint8Array[]): Buffer =>
  createHmac('sha256', key).update(Buffer.concat(data)).digest()
const sha256 = (...data: Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(data)).digest()

function hkdf(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, blocks: number): Buffer {
  const key = hmac(salt, ikm)
  const out: Buffer[] = []
  for (let block = 1; block <= blocks; block += 1) {
    out.push(hmac(key, out.at(-1) ?? Buffer.alloc(0), info, Buffer.of(block)))
  }
  return Buffer.concat(out)
}

function agree(privateKey: string, publicKey: string): Buffer {
  const base64 = (text: string): string => hex(text).toString('base64url')
  const curve = { kty: 'OKP', crv: 'X25519' }
  return diffieHellman({
    privateKey: createPrivateKey({
      format: 'der',
      type: 'pkcs8',
      key: Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), hex(privateKey)]),
    }),
    publicKey: createPublicKey({ format: 'jwk', key: { ...curve, x: base64(publicKey) } }),
  })
}

describe('a second implementation, from the document alone', () => {
  const party = (who: PqxdhVector['initiator']): Buffer =>
    Buffer.concat([
      id(who.account),
      hex(who.accountKey),
      id(who.device),
      hex(who.signingKey),
      hex(who.agreement.public),
    ])

  test.each(read('pqxdh') as readonly PqxdhVector[])('comes to the same root (%#)', (vector) => {
    const { initiator, responder, signedPrekey, oneTimePrekey, kemPrekey } = vector
    const head = hex(vector.head)
    // identity 32, ephemeral 32, start 8, signed id 4, one-time id 1 or 5, kind 1, KEM id 4, ciphertext.
    const ephemeral = vector.head.slice(64, 128)
    const ciphertext = head.subarray(head.length - 1568)
    expect(vector.head.slice(0, 64)).toBe(initiator.agreement.public)
    const session = sha256(
      labelled('sotto/1 session id'),
      Buffer.of(1),
      party(initiator),
      party(responder),
      head,
    )
    expect(session.toString('hex')).toBe(vector.session)
    const secrets = [
      agree(signedPrekey.private, initiator.agreement.public),
      agree(responder.agreement.private, ephemeral),
      agree(signedPrekey.private, ephemeral),
      ...(oneTimePrekey === null ? [] : [agree(oneTimePrekey.private, ephemeral)]),
      nobleKem.decapsulate(hex(kemPrekey.private), ciphertext),
    ]
    const transcript = sha256(
      labelled('sotto/1 pqxdh transcript'),
      session,
      hex(signedPrekey.public),
      oneTimePrekey === null
        ? Buffer.of(0)
        : Buffer.concat([Buffer.of(1), hex(oneTimePrekey.public)]),
      hex(kemPrekey.public),
    )
    const ikm = Buffer.concat([Buffer.alloc(32, 0xff), ...secrets])
    const info = Buffer.concat([labelled('sotto/1 pqxdh root'), transcript])
    expect(hkdf(ikm, Buffer.alloc(32), info, 1).toString('hex')).toBe(vector.root)
  })

  test.each(read('double-ratchet') as readonly RatchetVector[])(
    'opens every message of the conversation (%#)',
    (vector) => {
      const plaintexts = new Map<number, string>()
      const envelopes = new Map<number, Buffer>()
      const keys = new MessageKeys(vector)
      for (const step of vector.steps) {
        if ('seal' in step) {
          if (step.ratchetPrivate !== null) keys.newChain(step.from, step.ratchetPrivate)
          plaintexts.set(step.seal, step.plaintext)
          envelopes.set(step.seal, hex(step.envelope))
        } else {
          const envelope = envelopes.get(step.open) ?? Buffer.alloc(0)
          expect(keys.open(envelope).toString('hex')).toBe(plaintexts.get(step.open))
        }
      }
    },
  )
})

/** All chains of a conversation, by their ratchet key: a reader who holds both ends' secrets. */
class MessageKeys {
  readonly #vector: RatchetVector
  readonly #chains = new Map<string, Buffer>()
  #root: Buffer
  #last: { readonly private: string; readonly public: string }

  constructor(vector: RatchetVector) {
    this.#vector = vector
    this.#root = hex(vector.root)
    this.#last = vector.responderSignedPrekey
    this.newChain('initiator', vector.initiatorRatchet.private)
  }

  newChain(_from: string, privateKey: string): void {
    const out = hkdf(
      agree(privateKey, this.#last.public),
      this.#root,
      labelled('sotto/1 ratchet root'),
      2,
    )
    const publicKey = agree(privateKey, `09${'00'.repeat(31)}`).toString('hex')
    this.#root = out.subarray(0, 32)
    this.#chains.set(publicKey, out.subarray(32))
    this.#last = { private: privateKey, public: publicKey }
  }

  open(envelope: Buffer): Buffer {
    const tag = envelope.readUInt8(0)
    // tag 1, suite 1, then in a first message the head with a one-time id: 32+32+8+4+5+1+4+1568.
    const at = tag === 1 ? 2 + 1654 : 2
    const header = envelope.subarray(at, at + 40)
    const ratchetKey = header.subarray(0, 32).toString('hex')
    let chain = this.#chains.get(ratchetKey) ?? Buffer.alloc(0)
    for (let index = 0; index < header.readUInt32BE(36); index += 1)
      chain = hmac(chain, Buffer.of(2))
    const messageKey = hmac(chain, Buffer.of(1))
    const key = hmac(messageKey, labelled('sotto/1 ratchet message'), Buffer.of(1))
    const from = this.#isInitiators(ratchetKey) ? 1 : 2
    const ad = Buffer.concat([Buffer.of(from, tag, 1), header, hex(this.#vector.session)])
    const nonce = envelope.subarray(at + 44, at + 56)
    const sealed = envelope.subarray(at + 56)
    const box = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
    box.setAAD(ad).setAuthTag(sealed.subarray(sealed.length - 16))
    const plain = Buffer.concat([box.update(sealed.subarray(0, sealed.length - 16)), box.final()])
    const made = hmac(messageKey, labelled('sotto/1 ratchet nonce'), ad, plain).subarray(0, 12)
    expect(nonce).toEqual(made)
    return plain
  }

  /** Chains take turns: the initiator has the first, third, fifth. */
  #isInitiators(ratchetKey: string): boolean {
    return [...this.#chains.keys()].indexOf(ratchetKey) % 2 === 0
  }
}
