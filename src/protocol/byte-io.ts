// Bytes written and read in order: the ground that codecs stand on.

import { malformed, ProtocolError } from './errors.ts'
import { uuidAt, writeUuid } from './uuid-bytes.ts'

/** One scratch buffer serves every encoding that is not nested in another: most frames fit. */
const SCRATCH_BYTES = 64 * 1024
let scratch: Buffer | undefined = Buffer.allocUnsafeSlow(SCRATCH_BYTES)

/** How bytes are copied out. */
export type Copy = (bytes: Buffer) => Uint8Array

const ownCopy: Copy = (bytes) => new Uint8Array(bytes)

/** Small ones share memory, which costs a third of memory of their own. For what is no secret and
 *  soon gone: each keeps its neighbours' memory alive, and to wipe it wipes it alone. */
export const sharedCopy: Copy = (bytes) => Buffer.from(bytes)

/** A growing buffer. Doubling keeps the cost per byte flat. */
export class Writer {
  #bytes: Buffer
  #length = 0
  readonly #borrowed: Buffer | undefined

  constructor() {
    this.#borrowed = scratch
    scratch = undefined
    this.#bytes = this.#borrowed ?? Buffer.allocUnsafe(256)
  }

  #reserve(count: number): number {
    const start = this.#length
    const needed = start + count
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(grown, 0, 0, start)
      this.#bytes = grown
    }
    this.#length = needed
    return start
  }

  u8(value: number): void {
    const at = this.#reserve(1)
    this.#bytes[at] = value
  }

  u16(value: number): void {
    const at = this.#reserve(2)
    this.#bytes.writeUInt16BE(value, at)
  }

  u32(value: number): void {
    const at = this.#reserve(4)
    this.#bytes.writeUInt32BE(value, at)
  }

  u64(value: number): void {
    const at = this.#reserve(8)
    this.#bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at)
    this.#bytes.writeUInt32BE(value % 2 ** 32, at + 4)
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** A lower-case UUID as its 16 bytes. */
  uuid(text: string): void {
    const at = this.#reserve(16)
    writeUuid(this.#bytes, at, text)
  }

  utf8(text: string, count: number): void {
    const at = this.#reserve(count)
    this.#bytes.write(text, at, count)
  }

  /** The bytes so far, as a copy; the writer is used up, and its scratch buffer wiped: what was
   *  encoded may have been a plaintext. */
  finish(copy: Copy = ownCopy): Uint8Array {
    const out = copy(this.#bytes.subarray(0, this.#length))
    this.release()
    return out
  }

  release(): void {
    if (this.#borrowed === undefined) return
    this.#borrowed.fill(0, 0, Math.min(this.#length, SCRATCH_BYTES))
    scratch = this.#borrowed
  }
}

export class Reader {
  readonly #bytes: Buffer
  readonly #copy: Copy
  #offset = 0

  constructor(bytes: Uint8Array, copy: Copy = ownCopy) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#copy = copy
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  #take(count: number): number {
    if (count > this.remaining)
      throw new ProtocolError('truncated', 'remote', `needs ${count} more bytes`)
    const at = this.#offset
    this.#offset += count
    return at
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1))
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#take(2))
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#take(4))
  }

  u64(): number {
    const at = this.#take(8)
    const high = this.#bytes.readUInt32BE(at)
    // 2^53 - 1 is the largest whole number a JavaScript number holds.
    if (high >= 2 ** 21) throw malformed('integer over 2^53-1')
    return high * 2 ** 32 + this.#bytes.readUInt32BE(at + 4)
  }

  /** A copy: what is decoded must not keep a whole network buffer alive, nor change with it. */
  raw(count: number): Uint8Array {
    const at = this.#take(count)
    return this.#copy(this.#bytes.subarray(at, at + count))
  }

  uuid(): string {
    return uuidAt(this.#bytes, this.#take(16))
  }
}
