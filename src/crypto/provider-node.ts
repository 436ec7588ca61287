// The primitives by node:crypto: the default. ML-KEM natively where the runtime has it.

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  hash,
  sign,
  verify,
} from 'node:crypto'
import { mayBeEd25519Key, mayBeEd25519Signature } from './ed25519-key.ts'
import { kemPrimitives } from './kem.ts'
import { nativeKem } from './kem-native.ts'
import { nobleKem } from './kem-noble.ts'
import { privateKeyObject, publicKeyObject } from './key-objects.ts'
import {
  checkAgreed,
  checkBox,
  checkHkdf,
  checkKey,
  checkSealed,
  checkSeed,
  TAG_BYTES,
} from './lengths.ts'
import { type AeadInput, CryptoError, type HkdfInput, type Primitives } from './primitives.ts'

type Cipher = 'aes-256-gcm' | 'chacha20-poly1305'

/** The tag's length is stated on both ends: without it GCM opens with a tag of 4 bytes (A10). */
const OPTIONS = { authTagLength: TAG_BYTES }

const HASH_BYTES = 32

export const nodePrimitives: Primitives = {
  name: 'node',
  sha256: (data) => plain(hash('sha256', data, 'buffer')),
  hmacSha256: (key, data) => plain(createHmac('sha256', key).update(data).digest()),
  hkdfSha256({ ikm, salt, info, length }) {
    checkHkdf(length)
    return hkdf({ ikm, salt, info, length })
  },
  aesGcmSeal: (box) => seal('aes-256-gcm', box),
  aesGcmOpen: (box) => open('aes-256-gcm', box),
  chachaSeal: (box) => seal('chacha20-poly1305', box),
  chachaOpen: (box) => open('chacha20-poly1305', box),
  x25519KeyPair(seed) {
    checkSeed(seed)
    return { publicKey: publicOf(seed), privateKey: seed }
  },
  x25519Agree(privateKey, publicKey) {
    checkKey(privateKey)
    checkKey(publicKey)
    return checkAgreed(agree(privateKey, publicKey))
  },
  ed25519KeyPair(seed) {
    checkSeed(seed)
    const spki = createPublicKey(privateKeyObject('Ed25519', seed)).export({
      format: 'der',
      type: 'spki',
    })
    return { publicKey: new Uint8Array(spki.subarray(-32)), privateKey: seed }
  },
  ed25519Sign(privateKey, message) {
    checkKey(privateKey)
    return plain(sign(null, message, privateKeyObject('Ed25519', privateKey)))
  },
  ed25519Verify(publicKey, message, signature) {
    checkKey(publicKey)
    if (!mayBeEd25519Key(publicKey) || !mayBeEd25519Signature(signature)) return false
    return verify(null, message, publicKeyObject('Ed25519', publicKey), signature)
  },
  ...kemPrimitives(nativeKem ?? nobleKem),
}

/** RFC 5869 out of HMACs: half the time of `hkdfSync`, which makes a key object per call. */
function hkdf({ ikm, salt, info, length }: HkdfInput): Uint8Array {
  const pseudorandom = createHmac('sha256', salt).update(ikm).digest()
  const out = new Uint8Array(Math.ceil(length / HASH_BYTES) * HASH_BYTES)
  let block: Uint8Array = new Uint8Array(0)
  for (let at = 0; at < length; at += HASH_BYTES) {
    const counter = Uint8Array.of(at / HASH_BYTES + 1)
    block = createHmac('sha256', pseudorandom).update(block).update(info).update(counter).digest()
    out.set(block, at)
  }
  pseudorandom.fill(0)
  return out.subarray(0, length)
}

/** The import of a private key has computed its public one: reading it saves an agreement. */
function publicOf(seed: Uint8Array): Uint8Array {
  const { x } = createPublicKey(privateKeyObject('X25519', seed)).export({ format: 'jwk' })
  return plain(Buffer.from(x ?? '', 'base64url'))
}

function seal(cipher: Cipher, box: AeadInput): Uint8Array {
  checkBox(box)
  // The options are the same for both; the overload is GCM's.
  const stream = createCipheriv(cipher as 'aes-256-gcm', box.key, box.nonce, OPTIONS)
  stream.setAAD(box.ad)
  const out = new Uint8Array(box.data.length + TAG_BYTES)
  out.set(stream.update(box.data))
  stream.final()
  out.set(stream.getAuthTag(), box.data.length)
  return out
}

function open(cipher: Cipher, box: AeadInput): Uint8Array {
  checkSealed(box)
  const end = box.data.length - TAG_BYTES
  const stream = createDecipheriv(cipher as 'aes-256-gcm', box.key, box.nonce, OPTIONS)
  stream.setAAD(box.ad)
  stream.setAuthTag(box.data.subarray(end))
  const out = plain(stream.update(box.data.subarray(0, end)))
  try {
    stream.final()
  } catch {
    out.fill(0)
    throw new CryptoError('not_authentic', cipher)
  }
  return out
}

function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  try {
    return plain(
      diffieHellman({
        privateKey: privateKeyObject('X25519', privateKey),
        publicKey: publicKeyObject('X25519', publicKey),
      }),
    )
  } catch {
    // OpenSSL itself refuses a point of small order.
    throw new CryptoError('bad_key', 'X25519 public key')
  }
}

/** The same bytes without Buffer's other behaviour (`slice`, JSON). */
const plain = (bytes: Buffer): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
