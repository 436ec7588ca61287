// Strict, bounded, total codecs. A decoder returns a value or throws ProtocolError and nothing
// else; each value has exactly one encoding; nothing may follow it. All integers are big-endian.

import { type Copy, Reader, Writer } from './byte-io.ts'
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

export function encode<T>(codec: Codec<T>, value: T, copy?: Copy): Uint8Array {
  const writer = new Writer()
  try {
    codec.write(writer, value)
    return writer.finish(copy)
  } catch (error) {
    writer.release()
    throw error
  }
}

export function decode<T>(codec: Codec<T>, bytes: Uint8Array, copy?: Copy): T {
  const reader = new Reader(bytes, copy)
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
      // Fresh from its codec, so that nobody else sees the change.
      const value = found.codec.read(reader) as Record<string, unknown>
      value.kind = found.kind
      return value as Union<C>
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
