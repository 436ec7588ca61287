// What a process of the test build sealed, and which of it went on the wire: records of one size,
// as hashes, in a file per process. A record is on its way to the file before the product goes on,
// so that no SIGKILL comes between.

import { createHash } from 'node:crypto'
import { openSync, readdirSync, readFileSync, writevSync } from 'node:fs'
import { join } from 'node:path'

/** The end of a ciphertext, tag and all, names it. */
const TAIL_BYTES = 24
const HASH_BYTES = 32
const RECORD_BYTES = 1 + 3 * HASH_BYTES + TAIL_BYTES
const SEALED = 1
const SPOKEN = 2

export const hashOf = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const sha = createHash('sha256')
  for (const part of parts) sha.update(part)
  return sha.digest()
}

interface Seal {
  readonly key: Uint8Array
  readonly nonce: Uint8Array
  /** Of plaintext and associated data. */
  readonly plaintext: Uint8Array
  readonly ciphertext: Uint8Array
}

const NOTHING = Buffer.alloc(HASH_BYTES)
let file: number | undefined

export const noteSeal = ({ key, nonce, plaintext, ciphertext }: Seal): void =>
  append(SEALED, [key, nonce, plaintext], ciphertext)

export const noteSpoken = (ciphertext: Uint8Array): void =>
  append(SPOKEN, [NOTHING, NOTHING, NOTHING], ciphertext)

/** In two parts, so that `writev` does it, which the strace steps leave alone: these records are no
 *  points of the product. */
function append(kind: number, hashes: readonly Uint8Array[], ciphertext: Uint8Array): void {
  const folder = process.env.SOTTO_CHAOS_SEALS
  if (folder === undefined) throw new Error('the test build needs SOTTO_CHAOS_SEALS')
  file ??= openSync(join(folder, `${process.pid}.seals`), 'a', 0o600)
  writevSync(file, [Buffer.of(kind), Buffer.concat([...hashes, ciphertext.subarray(-TAIL_BYTES)])])
}

export interface SealReport {
  readonly seals: number
  readonly spoken: number
  /** Sealed by a key that had sealed another plaintext: its first use died before its commit. */
  readonly keysTakenAgain: number
  readonly violations: readonly string[]
}

/** I5, over all processes of a run: no key and nonce for two plaintexts, whatever became of them;
 *  and no key at all for two plaintexts that were both sent. */
export function judgeSeals(folder: string): SealReport {
  const report = { seals: 0, spoken: 0, keysTakenAgain: 0 }
  const violations: string[] = []
  const byNonce = new Map<string, string>()
  const byKey = new Map<string, Set<string>>()
  const byTail = new Map<string, { readonly key: string; readonly plaintext: string }>()
  const spoken = new Set<string>()
  for (const { kind, key, nonce, plaintext, tail } of records(folder)) {
    if (kind === SPOKEN) {
      spoken.add(tail)
      continue
    }
    report.seals += 1
    byTail.set(tail, { key, plaintext })
    const before = byNonce.get(key + nonce)
    if (before !== undefined && before !== plaintext) {
      violations.push(`I5: key and nonce ${(key + nonce).slice(0, 8)} seal two plaintexts`)
    }
    byNonce.set(key + nonce, plaintext)
  }
  for (const tail of spoken) {
    const made = byTail.get(tail)
    if (made === undefined) {
      violations.push('I5: a ciphertext was sent that nobody sealed')
      continue
    }
    report.spoken += 1
    const plaintexts = byKey.get(made.key) ?? new Set()
    byKey.set(made.key, plaintexts.add(made.plaintext))
    if (plaintexts.size === 2) violations.push('I5: a key sealed two plaintexts that were sent')
  }
  report.keysTakenAgain = keysTakenAgain(byTail.values())
  return { ...report, violations }
}

function keysTakenAgain(seals: Iterable<{ readonly key: string; readonly plaintext: string }>) {
  const plaintexts = new Map<string, Set<string>>()
  for (const { key, plaintext } of seals) {
    plaintexts.set(key, (plaintexts.get(key) ?? new Set()).add(plaintext))
  }
  return [...plaintexts.values()].filter(({ size }) => size > 1).length
}

function* records(folder: string) {
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
      const part = (from: number, length: number): string =>
        bytes.toString('base64', at + from, at + from + length)
      yield {
        kind: bytes[at],
        key: part(1, HASH_BYTES),
        nonce: part(1 + HASH_BYTES, HASH_BYTES),
        plaintext: part(1 + 2 * HASH_BYTES, HASH_BYTES),
        tail: part(1 + 3 * HASH_BYTES, TAIL_BYTES),
      }
    }
  }
}
