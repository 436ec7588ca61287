// node:crypto's key objects, made once per key and kept as long as the key's bytes are.
// Keys come in as JWK where the runtime lets them, which on Node 20 is ten times as cheap as DER.
// Nothing is ever generated here: generating a pair and exporting it as JWK can hang the process for
// ever (the garbage collector destroys the generation's job inside the export and waits for its
// lock). Exporting an imported key cannot.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { type Beside, beside } from './beside.ts'

type Curve = 'X25519' | 'Ed25519'
interface Cached {
  readonly key: KeyObject
  readonly mark: number
}

const caches = {
  private: { X25519: beside<Cached>(), Ed25519: beside<Cached>() },
  public: { X25519: beside<Cached>(), Ed25519: beside<Cached>() },
}

export const privateKeyObject = (curve: Curve, key: Uint8Array): KeyObject =>
  cached(caches.private[curve], key, () => (takesJwk() ? fromJwk(curve, key) : fromDer(curve, key)))

export const publicKeyObject = (curve: Curve, key: Uint8Array): KeyObject =>
  cached(caches.public[curve], key, () =>
    createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: curve, x: base64(key) } }),
  )

// Of a private key only `d` is read, and `x` must be there. From Node 24.22 on `x` must be the right
// one, which is what the import is to tell us; there DER is as cheap.
const fromJwk = (curve: Curve, key: Uint8Array): KeyObject =>
  createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: curve, x: '', d: base64(key) } })

/** PKCS #8 around 32 bytes (RFC 8410). */
const DER_BEFORE: Readonly<Record<Curve, string>> = {
  X25519: '302e020100300506032b656e04220420',
  Ed25519: '302e020100300506032b657004220420',
}

function fromDer(curve: Curve, key: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from(DER_BEFORE[curve], 'hex'), key])
  try {
    return createPrivateKey({ format: 'der', type: 'pkcs8', key: der })
  } finally {
    der.fill(0)
  }
}

let jwk: boolean | undefined

const takesJwk = (): boolean => (jwk ??= triedJwk())

function triedJwk(): boolean {
  try {
    fromJwk('X25519', new Uint8Array(32))
    return true
  } catch {
    return false
  }
}

function cached(cache: Beside<Cached>, bytes: Uint8Array, make: () => KeyObject): KeyObject {
  const mark = markOf(bytes)
  const known = cache.get(bytes)
  // Bytes that were wiped or written over since are another key.
  if (known !== undefined && known.mark === mark) return known.key
  const key = make()
  cache.set(bytes, { key, mark })
  return key
}

/** FNV-1a over the key: 32 bits that tell a changed buffer without keeping a copy of a secret. */
function markOf(bytes: Uint8Array): number {
  let mark = 0x811c9dc5
  for (let index = 0; index < bytes.length; index += 1) {
    mark = Math.imul(mark ^ (bytes[index] ?? 0), 0x01000193)
  }
  return mark
}

const base64 = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('base64url')
