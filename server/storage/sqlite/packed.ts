// Appends on their way to the storage worker and their results on the way back: one buffer for a
// whole group each, moved and not copied. Read in place: both ends are ours, of one build.

import { writeUuid } from '../../../src/protocol/uuid-bytes.ts'
import type { AppendRequest } from '../log-port.ts'

/** Bounds the time of one transaction to some milliseconds; the next group follows at once. */
export const MAX_GROUP = 512

const ID_BYTES = 16

/** Ids as their bytes, which is how the columns hold them. All of it are views. */
export interface PackedAppend {
  readonly account: Buffer
  readonly device: Buffer
  readonly lists: readonly { readonly account: Buffer; readonly version: number }[]
  readonly items: readonly PackedItem[]
}

export interface PackedItem {
  readonly log: Buffer
  readonly clientId: Buffer
  readonly expectedEpoch: number | undefined
  readonly body: Buffer
}

/** No epoch: -1 is none that a log ever has. */
const NO_EPOCH = -1

export function packAppends(requests: readonly AppendRequest[]): Uint8Array<ArrayBuffer> {
  // Memory of its own, for it is handed over to the worker.
  const packed = new Uint8Array(sizeOf(requests))
  const place: Place = { bytes: Buffer.from(packed.buffer), offset: 0 }
  put16(place, requests.length)
  for (const request of requests) {
    putId(place, request.account)
    putId(place, request.device)
    put8(place, request.lists.length)
    for (const { account, version } of request.lists) {
      putId(place, account)
      put32(place, version)
    }
    put8(place, request.items.length)
    for (const { log, clientId, expectedEpoch, body } of request.items) {
      putId(place, log)
      putId(place, clientId)
      const epoch = (expectedEpoch ?? NO_EPOCH) + 1
      put32(place, Math.floor(epoch / 2 ** 32))
      put32(place, epoch % 2 ** 32)
      put32(place, body.length)
      place.bytes.set(body, place.offset)
      place.offset += body.length
    }
  }
  return packed
}

const HEAD_BYTES = 2
const REQUEST_BYTES = 2 * ID_BYTES + 2
const LIST_BYTES = ID_BYTES + 4
const ITEM_BYTES = 2 * ID_BYTES + 8 + 4

function sizeOf(requests: readonly AppendRequest[]): number {
  let size = HEAD_BYTES
  for (const { lists, items } of requests) {
    size += REQUEST_BYTES + LIST_BYTES * lists.length + ITEM_BYTES * items.length
    for (const { body } of items) size += body.length
  }
  return size
}

export function unpackAppends(packed: Uint8Array): readonly PackedAppend[] {
  const place: Place = {
    bytes: Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength),
    offset: 2,
  }
  const requests: PackedAppend[] = []
  for (let count = place.bytes.readUInt16BE(0); count > 0; count -= 1) {
    requests.push(unpackAppend(place))
  }
  return requests
}

interface Place {
  readonly bytes: Buffer
  offset: number
}

function unpackAppend(place: Place): PackedAppend {
  const account = take(place, ID_BYTES)
  const device = take(place, ID_BYTES)
  const lists: { account: Buffer; version: number }[] = []
  for (let count = take8(place); count > 0; count -= 1) {
    lists.push({ account: take(place, ID_BYTES), version: take32(place) })
  }
  const items: PackedItem[] = []
  for (let count = take8(place); count > 0; count -= 1) {
    const log = take(place, ID_BYTES)
    const clientId = take(place, ID_BYTES)
    const epoch = take32(place) * 2 ** 32 + take32(place) - 1
    const body = take(place, take32(place))
    items.push({ log, clientId, body, expectedEpoch: epoch === NO_EPOCH ? undefined : epoch })
  }
  return { account, device, lists, items }
}

function take(place: Place, length: number): Buffer {
  const start = place.offset
  place.offset += length
  return place.bytes.subarray(start, start + length)
}

function put8(place: Place, value: number): void {
  place.offset = place.bytes.writeUInt8(value, place.offset)
}

function put16(place: Place, value: number): void {
  place.offset = place.bytes.writeUInt16BE(value, place.offset)
}

function put32(place: Place, value: number): void {
  place.offset = place.bytes.writeUInt32BE(value, place.offset)
}

function putId(place: Place, id: string): void {
  writeUuid(place.bytes, place.offset, id)
  place.offset += ID_BYTES
}

const take8 = (place: Place): number => place.bytes.readUInt8(place.offset++)

function take32(place: Place): number {
  place.offset += 4
  return place.bytes.readUInt32BE(place.offset - 4)
}
