// How our values stand in columns: ids as 16 bytes, flags as 0 and 1, what is absent as NULL.

import { idFromBytes, idToBytes } from '../protocol/ids.ts'

/** What a row of SQLite is made of, before it is given a meaning. */
type Column = string | number | Uint8Array | null
export type Param = string | number | boolean | Uint8Array | undefined

export const toColumn = (value: Param): Column => {
  if (value === undefined) return null
  return typeof value === 'boolean' ? Number(value) : value
}

/** SQLite hands out Buffers, whose `slice` shares memory where a Uint8Array's copies. */
export const bytesOf = (column: Uint8Array): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength)

export const optionalBytes = (column: Uint8Array | null): Uint8Array | undefined =>
  column === null ? undefined : bytesOf(column)

export const flag = (column: number): boolean => column === 1

export const absent = <T>(column: T | null): T | undefined => (column === null ? undefined : column)

type Id = ReturnType<typeof idFromBytes>

export const idColumn = (id: Id | undefined): Uint8Array | undefined =>
  id === undefined ? undefined : idToBytes(id)

export const optionalId = <I extends Id>(column: Uint8Array | null): I | undefined =>
  column === null ? undefined : idFromBytes<I>(column)
