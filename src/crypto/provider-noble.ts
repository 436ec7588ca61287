// The primitives without native code: the oracle of the default provider in tests.

import { gcm } from '@noble/ciphers/aes.js'
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { mayBeEd25519Key, mayBeEd25519Signature } from './ed25519-key.ts'
import { kemPrimitives } from './kem.ts'
import { nobleKem } from './kem-noble.ts'
import { checkAgreed, checkBox, checkHkdf, checkKey, checkSealed, checkSeed } from './lengths.ts'
import { type AeadInput, CryptoError, type Primitives } from './primitives.ts'

/** @public chosen by tests; the product runs on node:crypto */
export const noblePrimitives: Primitives = {
  name: 'noble',
  sha256: (data) => sha256(data),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  hkdfSha256({ ikm, salt, info, length }) {
    checkHkdf(length)
    return hkdf(sha256, ikm, salt, info, length)
  },
  aesGcmSeal: (box) => seal(gcm, box),
  aesGcmOpen: (box) => open(gcm, box),
  chachaSeal: (box) => seal(chacha20poly1305, box),
  chachaOpen: (box) => open(chacha20poly1305, box),
  x25519KeyPair(seed) {
    checkSeed(seed)
    return { publicKey: x25519.getPublicKey(seed), privateKey: seed }
  },
  x25519Agree(privateKey, publicKey) {
    checkKey(privateKey)
    checkKey(publicKey)
    try {
      return checkAgreed(x25519.getSharedSecret(privateKey, publicKey))
    } catch {
      throw new CryptoError('bad_key', 'X25519 public key')
    }
  },
  ed25519KeyPair(seed) {
    checkSeed(seed)
    return { publicKey: ed25519.getPublicKey(seed), privateKey: seed }
  },
  ed25519Sign(privateKey, message) {
    checkKey(privateKey)
    return ed25519.sign(message, privateKey)
  },
  ed25519Verify(publicKey, message, signature) {
    checkKey(publicKey)
    if (!mayBeEd25519Key(publicKey) || !mayBeEd25519Signature(signature)) return false
    // The default mode (ZIP 215) takes signatures that RFC 8032 refuses.
    return ed25519.verify(signature, message, publicKey, { zip215: false })
  },
  ...kemPrimitives(nobleKem),
}

type Aead = typeof gcm | typeof chacha20poly1305

function seal(aead: Aead, box: AeadInput): Uint8Array {
  checkBox(box)
  return aead(box.key, box.nonce, box.ad).encrypt(box.data)
}

function open(aead: Aead, box: AeadInput): Uint8Array {
  checkSealed(box)
  try {
    return aead(box.key, box.nonce, box.ad).decrypt(box.data)
  } catch {
    throw new CryptoError('not_authentic', 'AEAD')
  }
}
