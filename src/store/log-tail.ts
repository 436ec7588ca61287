// What SQLite does not say of its own: that its write-ahead log holds commits behind the place where
// it stopped reading. It takes the first frame that does not check for the end, as after a crash. A
// damaged frame is the same to it, and what was committed behind it is gone: ratchets among it, whose
// keys would be used twice.
//
// A transaction is synced before the next begins, so behind the end there can be no whole one, unless
// a failing power supply wrote the end of the last before its beginning. Then nothing was lost, and
// the profile is mended for nothing.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** https://www.sqlite.org/fileformat2.html#the_write_ahead_log; the cipher leaves these plain. */
const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
const MAGIC_LITTLE_ENDIAN = 0x377f0682
const MAGIC_BIG_ENDIAN = 0x377f0683
const SALTS = { from: 16, to: 24 } as const
const UNREADABLE = Number.POSITIVE_INFINITY

/** The number of the last frame that says it ends a transaction, counted from 1; 0 without any. Asked
 *  before the database is opened, for that may begin the log anew. */
export function lastCommit(path: string): number {
  const file = opened(path)
  if (file === undefined) return 0
  try {
    const header = Buffer.alloc(HEADER_BYTES)
    // Shorter than its header: nothing was ever written behind it.
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return 0
    if (header.every((byte) => byte === 0)) return 0
    if (!isWhole(header)) return UNREADABLE
    const salts = header.subarray(SALTS.from, SALTS.to)
    const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(8)
    const count = Math.floor((fstatSync(file).size - HEADER_BYTES) / frameBytes)
    const frame = Buffer.alloc(FRAME_HEADER_BYTES)
    for (let number = count; number > 0; number -= 1) {
      readSync(file, frame, 0, FRAME_HEADER_BYTES, HEADER_BYTES + (number - 1) * frameBytes)
      // One of the two is enough: the other may be what is damaged.
      const isOfThisLog = [0, 4].some((at) => frame.readUInt32BE(8 + at) === salts.readUInt32BE(at))
      // The size of the database after it: 0 within a transaction.
      if (isOfThisLog && frame.readUInt32BE(4) > 0) return number
    }
    return 0
  } finally {
    closeSync(file)
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** By the checksum over its first 24 bytes. */
function isWhole(header: Buffer): boolean {
  const magic = header.readUInt32BE(0)
  if (magic !== MAGIC_LITTLE_ENDIAN && magic !== MAGIC_BIG_ENDIAN) return false
  const word = (at: number): number =>
    magic === MAGIC_BIG_ENDIAN ? header.readUInt32BE(at) : header.readUInt32LE(at)
  let [first, second] = [0, 0]
  for (let at = 0; at < SALTS.to; at += 8) {
    first = (first + word(at) + second) >>> 0
    second = (second + word(at + 4) + first) >>> 0
  }
  return first === header.readUInt32BE(24) && second === header.readUInt32BE(28)
}
