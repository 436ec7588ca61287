// A file as the server keeps it: a header, then chunks that each open alone. The caller brings
// and takes the bytes, one chunk at a time, so memory is constant and any chunk's beginning is a
// place to stop and go on, on both sides. docs/protocol/identity.md, "Attachments".
//
// A nonce is an HMAC of the chunk's place and plaintext, not a counter. So sealing a chunk again
// gives the same bytes, and a file that changed between two attempts still never meets one nonce
// twice (I5). The place is in the associated data: a chunk opens nowhere else, the last one only
// as the last (P6).

import { concat, equalPublic } from '../protocol/bytes.ts'
import { encode, struct, u8, u32, u64 } from '../protocol/codec.ts'
import { MAX_BLOB_BYTES } from '../protocol/limits.ts'
import { ATTACHMENT_KEY } from './labels.ts'
import { TAG_BYTES } from './lengths.ts'
import { padme } from './padding.ts'
import { type CryptoEnv, CryptoError, type Primitives } from './primitives.ts'

/** One chunk is one AEAD call: its head costs 28 bytes, 0.04 %, and two of it fit any machine. */
export const CHUNK_BYTES = 64 * 1024
/** Small files are alike: a disk page. */
const MIN_PADDED_BYTES = 4096
const NONCE_BYTES = 12
const OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES
/** 'sotto', 'a' for attachment, version 1, chunks of 2^16. */
const HEADER = Uint8Array.of(0x73, 0x6f, 0x74, 0x74, 0x6f, 0x61, 1, 16)
export const ATTACHMENT_HEADER_BYTES = HEADER.length
const KEY_BYTES = 32

/** What follows from a file's size alone. */
interface AttachmentLayout {
  readonly size: number
  readonly chunks: number
  /** Bytes of the whole ciphertext, header included. */
  readonly sealedSize: number
}

/** Between two chunks: 40 bytes that can be stored to go on after a restart. */
export interface AttachmentPlace {
  /** The next chunk. */
  readonly index: number
  /** Of everything before it. */
  readonly digest: Uint8Array
}

export const newAttachmentKey = (env: CryptoEnv): Uint8Array => env.random(KEY_BYTES)

/** Throws CryptoError `bad_length` for a size that no file of ours has. */
export function attachmentLayout(size: number): AttachmentLayout {
  if (!Number.isSafeInteger(size) || size < 0) throw new CryptoError('bad_length', 'file size')
  const padded = paddedSize(size)
  const chunks = Math.ceil(padded / CHUNK_BYTES)
  const sealedSize = HEADER.length + padded + chunks * OVERHEAD_BYTES
  if (sealedSize > MAX_BLOB_BYTES) throw new CryptoError('bad_length', 'file too large')
  return { size, chunks, sealedSize }
}

const paddedSize = (size: number): number => Math.max(MIN_PADDED_BYTES, padme(size))

const place = struct({ index: u32, final: u8 })

export class AttachmentCipher {
  readonly layout: AttachmentLayout
  /** The first bytes of the ciphertext; a receiver compares them (`checkHeader`). */
  readonly header: Uint8Array = Uint8Array.from(HEADER)
  /** Before the first chunk. */
  readonly start: AttachmentPlace
  readonly #primitives: Primitives
  readonly #dataKey: Uint8Array
  readonly #nonceKey: Uint8Array
  #wiped = false

  /** `size` is the file's, exactly; it is bound into the keys. */
  constructor(primitives: Primitives, key: Uint8Array, size: number) {
    if (key.length !== KEY_BYTES) throw new CryptoError('bad_key', 'attachment key length')
    this.layout = attachmentLayout(size)
    this.#primitives = primitives
    const keys = primitives.hkdfSha256({
      ikm: key,
      salt: new Uint8Array(0),
      info: concat(ATTACHMENT_KEY, HEADER, encode(u64, size)),
      length: 2 * KEY_BYTES,
    })
    this.#dataKey = keys.subarray(0, KEY_BYTES)
    this.#nonceKey = keys.subarray(KEY_BYTES)
    this.start = { index: 0, digest: primitives.sha256(HEADER) }
  }

  /** Of the file, in this chunk: 0 where the chunk is padding only. */
  dataLength(index: number): number {
    const before = index * CHUNK_BYTES
    return Math.max(0, Math.min(CHUNK_BYTES, this.layout.size - before))
  }

  /** Of the ciphertext. */
  sealedLength(index: number): number {
    return this.#plainLength(index) + OVERHEAD_BYTES
  }

  /** Where this chunk begins in the ciphertext; its beginning in the file is index × CHUNK_BYTES. */
  sealedOffset(index: number): number {
    return HEADER.length + index * (CHUNK_BYTES + OVERHEAD_BYTES)
  }

  checkHeader(header: Uint8Array): void {
    if (!equalPublic(header, HEADER)) throw new CryptoError('not_authentic', 'attachment header')
  }

  seal(at: AttachmentPlace, data: Uint8Array): { chunk: Uint8Array; next: AttachmentPlace } {
    this.#checkPlace(at.index)
    if (data.length !== this.dataLength(at.index)) {
      throw new CryptoError('bad_length', 'not the data of this chunk')
    }
    const plain = new Uint8Array(this.#plainLength(at.index))
    plain.set(data)
    const ad = this.#ad(at.index)
    const nonce = this.#primitives.hmacSha256(this.#nonceKey, concat(ad, plain))
    const box = { key: this.#dataKey, nonce: nonce.subarray(0, NONCE_BYTES), ad }
    const chunk = concat(box.nonce, this.#primitives.aesGcmSeal({ ...box, data: plain }))
    plain.fill(0)
    return { chunk, next: this.#after(at, chunk) }
  }

  /** Gives the file's bytes of this chunk. Nothing is given out before it is authentic. */
  open(at: AttachmentPlace, chunk: Uint8Array): { data: Uint8Array; next: AttachmentPlace } {
    this.#checkPlace(at.index)
    if (chunk.length !== this.sealedLength(at.index)) {
      throw new CryptoError('not_authentic', 'attachment chunk length')
    }
    const plain = this.#primitives.aesGcmOpen({
      key: this.#dataKey,
      nonce: chunk.subarray(0, NONCE_BYTES),
      data: chunk.subarray(NONCE_BYTES),
      ad: this.#ad(at.index),
    })
    const length = this.dataLength(at.index)
    if (plain.subarray(length).some((byte) => byte !== 0)) {
      throw new CryptoError('not_authentic', 'attachment padding')
    }
    return { data: plain.subarray(0, length), next: this.#after(at, chunk) }
  }

  /** The digest for the message; only at the end. */
  digest(at: AttachmentPlace): Uint8Array {
    if (at.index !== this.layout.chunks) throw new CryptoError('bad_length', 'not at the end')
    return at.digest
  }

  /** The receiver's last step, before the file gets its name: it is the very one of the message. */
  finish(at: AttachmentPlace, digest: Uint8Array): void {
    if (!equalPublic(this.digest(at), digest)) {
      throw new CryptoError('not_authentic', 'attachment digest')
    }
  }

  /** Best effort; the cipher is used up. */
  wipe(): void {
    this.#wiped = true
    this.#dataKey.fill(0)
    this.#nonceKey.fill(0)
  }

  #plainLength(index: number): number {
    return Math.min(CHUNK_BYTES, paddedSize(this.layout.size) - index * CHUNK_BYTES)
  }

  #ad(index: number): Uint8Array {
    return encode(place, { index, final: index === this.layout.chunks - 1 ? 1 : 0 })
  }

  /** A chain, so that 32 bytes are its whole state: SHA-256's own state cannot be stored. */
  #after(at: AttachmentPlace, chunk: Uint8Array): AttachmentPlace {
    return { index: at.index + 1, digest: this.#primitives.sha256(concat(at.digest, chunk)) }
  }

  #checkPlace(index: number): void {
    // Zeros would be a key that everybody has.
    if (this.#wiped) throw new CryptoError('bad_key', 'attachment key was wiped')
    if (!Number.isInteger(index) || index < 0 || index >= this.layout.chunks) {
      throw new CryptoError('bad_length', 'no such chunk')
    }
  }
}
