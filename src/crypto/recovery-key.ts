// The account's seed as its owner writes it down: 56 characters of Crockford's base32, which has
// no I, L, O and U, in fourteen groups of four. A checksum tells a slip of the pen from a wrong
// key. docs/protocol/identity.md, "Recovery key".
//
// Encoding looks characters up by secret values. It happens on the owner's own request, a few
// times in an account's life and never at a peer's bidding, so its timing tells nobody (R11).

import { concat } from '../protocol/bytes.ts'
import { RECOVERY_CHECK } from './labels.ts'
import { CryptoError, type Primitives } from './primitives.ts'
import { equalSecret } from './secret.ts'

const VERSION = 1
const SEED_BYTES = 32
const CHECK_BYTES = 2
/** 35 bytes are 280 bits are exactly 56 characters: no bit is left over. */
const RAW_BYTES = 1 + SEED_BYTES + CHECK_BYTES
const CHARACTERS = (RAW_BYTES * 8) / 5
const GROUP = 4
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

type RecoveryKey =
  | { readonly kind: 'seed'; readonly seed: Uint8Array }
  /** Not 56 characters of the alphabet. */
  | { readonly kind: 'malformed' }
  /** A character or a group is wrong or in the wrong place. */
  | { readonly kind: 'mistyped' }
  /** Made by a later version. */
  | { readonly kind: 'unknown_version' }

export function encodeRecoveryKey(primitives: Primitives, seed: Uint8Array): string {
  if (seed.length !== SEED_BYTES) throw new CryptoError('bad_length', 'account seed')
  const body = concat(Uint8Array.of(VERSION), seed)
  const raw = concat(body, checkOf(primitives, body))
  const groups: string[] = []
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of raw) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >>> (bits - 5)) & 31]
    held &= 31
  }
  for (let at = 0; at < CHARACTERS; at += GROUP) groups.push(text.slice(at, at + GROUP))
  body.fill(0)
  raw.fill(0)
  return groups.join('-')
}

/** Takes it as people type it: any case, spaces or dashes anywhere, O for 0, I and L for 1. */
export function decodeRecoveryKey(primitives: Primitives, typed: string): RecoveryKey {
  const text = typed.replace(/[\s-]/g, '').toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1')
  if (text.length !== CHARACTERS) return { kind: 'malformed' }
  const raw = new Uint8Array(RAW_BYTES)
  let bits = 0
  let held = 0
  let length = 0
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) return { kind: 'malformed' }
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    raw[length] = (held >>> bits) & 0xff
    length += 1
  }
  const body = raw.subarray(0, 1 + SEED_BYTES)
  const check = raw.subarray(1 + SEED_BYTES)
  if (!equalSecret(checkOf(primitives, body), check)) return { kind: 'mistyped' }
  if (body[0] !== VERSION) return { kind: 'unknown_version' }
  const seed = body.slice(1)
  raw.fill(0)
  return { kind: 'seed', seed }
}

const checkOf = (primitives: Primitives, body: Uint8Array): Uint8Array =>
  primitives.sha256(concat(RECOVERY_CHECK, body)).subarray(0, CHECK_BYTES)
