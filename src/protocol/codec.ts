// Strict, bounded, total codecs. A decoder returns a value or throws ProtocolError and nothing
// else; each value has exactly one encoding; nothing may follow it. All integers are big-endian.

import { ProtocolError } from './errors.ts'

export interface Codec<T> {
  write(writer: Writer, value: T): void
  read(reader: Reader): T
}

export type Value<C> = C extends Codec<infer T> ? T : never

const fail = (
  code: 'truncated' | 'trailing' | 'too_large' | 'malformed',
  detail: string,
): never => {
  throw new ProtocolError(code, 'remote', detail)
}

const refuse = (detail: string): never => {
  throw new ProtocolError('malformed', 'local', detail)
}

/** One scratch buffer serves every encoding that is not nested in another: most frames fit. */
const SCRATCH_BYTES = 64 * 1024
let scratch: Buffer | undefined = Buffer.allocUnsafeSlow(SCRATCH_BYTES)

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
    if (text.length !== 36) refuse('not a UUID')
    for (let index = 0; index < 16; index += 1) {
      const place = UUID_PLACES[index] ?? 0
      const high = NIBBLES[text.charCodeAt(place)] ?? 255
      const low = NIBBLES[text.charCodeAt(place + 1)] ?? 255
      if (high > 15 || low > 15) refuse('not a UUID')
      this.#bytes[at + index] = (high << 4) | low
    }
  }

  utf8(text: string, count: number): void {
    const at = this.#reserve(count)
    this.#bytes.write(text, at, count, 'utf8')
  }

  /** The bytes so far, as a copy; the writer is used up, and its scratch buffer wiped: what was
   *  encoded may have been a plaintext. */
  finish(): Uint8Array {
    const out = new Uint8Array(this.#length)
    out.set(this.#bytes.subarray(0, this.#length))
    this.release()
    return out
  }

  release(): void {
    if (this.#borrowed === undefined) return
    this.#borrowed.fill(0, 0, Math.min(this.#length, SCRATCH_BYTES))
    scratch = this.#borrowed
  }
}

/** Where the 16 bytes of a UUID stand in its text, and what its digits are worth. */
const UUID_PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) =>
  code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : 255,
)
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export class Reader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  #take(count: number): number {
    if (count > this.remaining) fail('truncated', `needs ${count} more bytes`)
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
    if (high >= 2 ** 21) fail('malformed', 'integer over 2^53-1')
    return high * 2 ** 32 + this.#bytes.readUInt32BE(at + 4)
  }

  /** A copy: what is decoded must not keep a whole network buffer alive, nor change with it. */
  raw(count: number): Uint8Array {
    const at = this.#take(count)
    return new Uint8Array(this.#bytes.subarray(at, at + count))
  }

  uuid(): string {
    const at = this.#take(16)
    let text = ''
    for (let index = 0; index < 16; index += 1) {
      if (index === 4 || index === 6 || index === 8 || index === 10) text += '-'
      text += HEX[this.#bytes[at + index] ?? 0]
    }
    return text
  }
}

export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new Writer()
  try {
    codec.write(writer, value)
    return writer.finish()
  } catch (error) {
    writer.release()
    throw error
  }
}

export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = new Reader(bytes)
  const value = codec.read(reader)
  if (reader.remaining > 0) fail('trailing', `${reader.remaining} bytes left over`)
  return value
}

const whole = (bits: number, max: number): ((value: number) => void) => {
  return (value) => {
    if (!Number.isSafeInteger(value) || value < 0 || value > max) refuse(`not a u${bits}`)
  }
}

const number = (bits: 8 | 16 | 32 | 64, max: number): Codec<number> => {
  const check = whole(bits, max)
  const method = `u${bits}` as const
  return {
    write(writer, value) {
      check(value)
      writer[method](value)
    },
    read: (reader) => reader[method](),
  }
}

export const u8 = number(8, 0xff)
export const u16 = number(16, 0xffff)
export const u32 = number(32, 0xffff_ffff)
/** 64 bits on the wire, at most 2^53-1 in value. */
export const u64 = number(64, Number.MAX_SAFE_INTEGER)

export const bool: Codec<boolean> = {
  write: (writer, value) => writer.u8(value ? 1 : 0),
  read(reader) {
    const byte = reader.u8()
    if (byte > 1) fail('malformed', 'not a boolean')
    return byte === 1
  },
}

/** Exactly `length` bytes, no length prefix. */
export const fixed = (length: number): Codec<Uint8Array> => ({
  write(writer, value) {
    if (value.length !== length) refuse(`not ${length} bytes`)
    writer.raw(value)
  },
  read: (reader) => reader.raw(length),
})

/** A u32 length, then that many bytes. */
export const bytes = (max: number): Codec<Uint8Array> => ({
  write(writer, value) {
    if (value.length > max) refuse(`over ${max} bytes`)
    writer.u32(value.length)
    writer.raw(value)
  },
  read(reader) {
    const length = reader.u32()
    if (length > max) fail('too_large', `${length} bytes where ${max} are allowed`)
    return reader.raw(length)
  },
})

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A u32 byte length, then well-formed UTF-8; lone surrogates are refused on the way out. */
export const text = (maxBytes: number): Codec<string> => ({
  write(writer, value) {
    if (!value.isWellFormed()) refuse('not well-formed text')
    const length = Buffer.byteLength(value)
    if (length > maxBytes) refuse(`over ${maxBytes} bytes of text`)
    writer.u32(length)
    writer.utf8(value, length)
  },
  read(reader) {
    const length = reader.u32()
    if (length > maxBytes) fail('too_large', `${length} bytes where ${maxBytes} are allowed`)
    const raw = reader.raw(length)
    try {
      return strictUtf8.decode(raw)
    } catch {
      return fail('malformed', 'not UTF-8')
    }
  },
})

/** One presence byte, then the value if there is one. */
export const optional = <T>(inner: Codec<T>): Codec<T | undefined> => ({
  write(writer, value) {
    writer.u8(value === undefined ? 0 : 1)
    if (value !== undefined) inner.write(writer, value)
  },
  read: (reader) => (bool.read(reader) ? inner.read(reader) : undefined),
})

/** A u16 count, then the items. */
export const list = <T>(inner: Codec<T>, max: number): Codec<readonly T[]> => ({
  write(writer, value) {
    if (value.length > max) refuse(`over ${max} items`)
    writer.u16(value.length)
    for (const item of value) inner.write(writer, item)
  },
  read(reader) {
    const count = reader.u16()
    if (count > max) fail('too_large', `${count} items where ${max} are allowed`)
    const items: T[] = []
    for (let index = 0; index < count; index += 1) items.push(inner.read(reader))
    return items
  },
})

type Fields = Readonly<Record<string, Codec<unknown>>>
// biome-ignore lint/suspicious/noExplicitAny: variance of a record of codecs
type AnyFields = Readonly<Record<string, Codec<any>>>
type Struct<F extends AnyFields> = { readonly [K in keyof F]: Value<F[K]> }

/** Fields in the order in which they are written down. */
export function struct<F extends AnyFields>(fields: F): Codec<Struct<F>> {
  const names = Object.keys(fields)
  const codecs = Object.values(fields as Fields)
  return {
    write(writer, value) {
      for (let index = 0; index < names.length; index += 1) {
        codecs[index]?.write(writer, value[names[index] as keyof F])
      }
    },
    read(reader) {
      const value: Record<string, unknown> = {}
      for (let index = 0; index < names.length; index += 1) {
        value[names[index] as string] = codecs[index]?.read(reader)
      }
      return value as Struct<F>
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: variance of a record of codecs
type Cases = Readonly<Record<string, { readonly tag: number; readonly codec: Codec<any> }>>
type Union<C extends Cases> = {
  [K in keyof C]: { readonly kind: K } & Value<C[K]['codec']>
}[keyof C]

/** A one-byte tag, then the case. The value carries its case's name as `kind`. */
export function union<C extends Cases>(cases: C): Codec<Union<C>> {
  const byTag = new Map(
    Object.entries(cases).map(([kind, { tag, codec }]) => [tag, { kind, codec }]),
  )
  return {
    write(writer, value) {
      const found = cases[value.kind as string]
      if (!found) return refuse('unknown case')
      writer.u8(found.tag)
      found.codec.write(writer, value)
    },
    read(reader) {
      const tag = reader.u8()
      const found = byTag.get(tag)
      if (!found) throw new ProtocolError('unknown_type', 'remote', `tag ${tag}`)
      return { kind: found.kind, ...found.codec.read(reader) } as Union<C>
    },
  }
}

/** Named values as one byte. */
export function choice<const N extends Readonly<Record<string, number>>>(names: N): Codec<keyof N> {
  const byNumber = new Map(Object.entries(names).map(([name, value]) => [value, name]))
  return {
    write(writer, value) {
      const found = names[value as string]
      if (found === undefined) return refuse('unknown choice')
      writer.u8(found)
    },
    read(reader) {
      const name = byNumber.get(reader.u8())
      if (name === undefined) return fail('malformed', 'unknown choice')
      return name as keyof N
    },
  }
}

/** A codec of another type over an existing one; `parse` throws ProtocolError or returns. */
export const mapped = <A, B>(
  inner: Codec<A>,
  parse: (raw: A) => B,
  print: (value: B) => A,
): Codec<B> => ({
  write: (writer, value) => inner.write(writer, print(value)),
  read: (reader) => parse(inner.read(reader)),
})
