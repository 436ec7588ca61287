// Codes that people type: 128 bits in lower-case base32, in groups of four. The server keeps the
// hash only; with so many bits a fast one is enough.

import { createHash } from 'node:crypto'
import type { Env } from '../src/protocol/env.ts'

const CODE_BYTES = 16
/** RFC 4648; no 0, 1 and 8 that would be read as O, I and B. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const CODE_LENGTH = Math.ceil((CODE_BYTES * 8) / 5)
const CODE = new RegExp(`^[${ALPHABET}]{${CODE_LENGTH}}$`)

interface InviteCode {
  readonly code: string
  readonly id: string
  readonly hash: Uint8Array
}

export function newInviteCode(env: Env): InviteCode {
  const letters = base32(env.random(CODE_BYTES))
  const code = letters.match(/.{1,4}/g)?.join('-') ?? letters
  // A name of its own: one made of the hash would help to guess which code it was.
  const id = Buffer.from(env.random(4)).toString('hex')
  return { code, id, hash: hashOf(letters) }
}

/** However it was typed; undefined where it cannot be a code. */
export function inviteHash(text: string): Uint8Array | undefined {
  const letters = text.replace(/[-\s]/g, '').toLowerCase()
  return CODE.test(letters) ? hashOf(letters) : undefined
}

const hashOf = (letters: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(letters, 'ascii').digest())

function base32(bytes: Uint8Array): string {
  let text = ''
  let value = 0
  let bits = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      text += ALPHABET[(value >> (bits - 5)) & 31]
      bits -= 5
    }
    value &= 0xff
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text
}
