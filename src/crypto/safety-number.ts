// What two people compare to know that nobody stands between them: digits, words or a QR code of
// both accounts' ids and identity keys. The ids are in it, so a key under another name shows
// another number (A7); devices are not, so a linked laptop leaves it as it is.
// docs/protocol/identity.md, "Safety number".

import { concat, equalPublic, fromBase64Url, toBase64Url } from '../protocol/bytes.ts'
import { decode, encode, fixed, struct, u8 } from '../protocol/codec.ts'
import { ProtocolError } from '../protocol/errors.ts'
import { idToBytes } from '../protocol/ids.ts'
import type { AccountRef } from './device-list.ts'
import { SAFETY_NUMBER, SAFETY_WORDS } from './labels.ts'
import type { Primitives } from './primitives.ts'
import { SAFETY_WORD_LIST } from './safety-words.ts'

interface SafetyNumber {
  /** 60 digits in twelve groups of five, separated by spaces. The same on both sides. */
  readonly digits: string
  /** Twelve words: 96 bits. The same on both sides. */
  readonly words: readonly string[]
  /** What one's own screen shows as a QR code for the other to scan. */
  readonly qr: string
}

/** Finding a key with a wanted number costs an attacker this much more per attempt (as Signal). */
const ITERATIONS = 5200
const GROUPS_EACH = 6
const GROUP_BYTES = 5
const GROUP_MODULUS = 100_000
const WORDS = 12
const QR_PREFIX = 'sotto:verify:'
const QR_VERSION = 1

export function safetyNumber(
  primitives: Primitives,
  own: AccountRef,
  peer: AccountRef,
): SafetyNumber {
  const ours = fingerprint(primitives, own)
  const theirs = fingerprint(primitives, peer)
  // By bytes, so that both sides put the same one first.
  const both = Buffer.compare(ours, theirs) <= 0 ? [ours, theirs] : [theirs, ours]
  const spoken = primitives.sha256(concat(SAFETY_WORDS, ...both))
  const body = encode(qrBody, { version: QR_VERSION, shower: ours, scanner: theirs })
  return {
    digits: both.flatMap(digitGroups).join(' '),
    words: Array.from(spoken.subarray(0, WORDS), (byte) => SAFETY_WORD_LIST[byte] ?? ''),
    qr: QR_PREFIX + toBase64Url(body),
  }
}

/** Digits as somebody typed or read them: any spaces, tabs, line ends and dashes. */
export const sameDigits = (number: SafetyNumber, typed: string): boolean =>
  typed.replace(/[\s-]/g, '') === number.digits.replaceAll(' ', '')

type QrComparison =
  | 'match'
  /** No code of ours, or of another version. */
  | 'unreadable'
  /** The peer's own account or key is not the one that we know. */
  | 'peer_differs'
  /** The peer knows us under another account or key. */
  | 'own_differs'

/** Of a scanned code, what the other one showed against what we know. */
export function compareQr(
  primitives: Primitives,
  own: AccountRef,
  peer: AccountRef,
  scanned: string,
): QrComparison {
  const body = parseQr(scanned)
  if (body === undefined) return 'unreadable'
  if (!equalPublic(body.shower, fingerprint(primitives, peer))) return 'peer_differs'
  if (!equalPublic(body.scanner, fingerprint(primitives, own))) return 'own_differs'
  return 'match'
}

const qrBody = struct({ version: u8, shower: fixed(32), scanner: fixed(32) })

function parseQr(
  scanned: string,
): { readonly shower: Uint8Array; readonly scanner: Uint8Array } | undefined {
  if (!scanned.startsWith(QR_PREFIX)) return undefined
  const raw = fromBase64Url(scanned.slice(QR_PREFIX.length))
  if (raw === undefined) return undefined
  try {
    const body = decode(qrBody, raw)
    return body.version === QR_VERSION ? body : undefined
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

/** The iterated hash of one account: its id and its identity key. */
function fingerprint(primitives: Primitives, { account, accountKey }: AccountRef): Uint8Array {
  const identity = concat(idToBytes(account), accountKey)
  let hash = primitives.sha256(concat(SAFETY_NUMBER, identity))
  for (let count = 0; count < ITERATIONS; count += 1) {
    hash = primitives.sha256(concat(hash, identity))
  }
  return hash
}

/** 30 digits of the first 30 bytes: five bytes, big-endian, modulo 100,000, six times. */
function digitGroups(hash: Uint8Array): readonly string[] {
  return Array.from({ length: GROUPS_EACH }, (_, group) => {
    let value = 0
    for (const byte of hash.subarray(group * GROUP_BYTES, (group + 1) * GROUP_BYTES)) {
      value = value * 256 + byte
    }
    return String(value % GROUP_MODULUS).padStart(5, '0')
  })
}
