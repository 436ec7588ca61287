// Appends on their way to the storage worker and their results on the way back: one buffer for a
// whole group each, moved and not copied. Read in place: both ends are ours, of one build.

import { Writer } from '../../../src/protocol/codec.ts'
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

export function packAppends(requests: readonly AppendRequest[]): Uint8Array {
  const writer = new Writer()
  writer.u16(requests.length)
  for (const request of requests) {
    writer.uuid(request.account)
    writer.uuid(request.device)
    writer.u8(request.lists.length)
    for (const { account, version } of request.lists) {
      writer.uuid(account)
      writer.u32(version)
    }
    writer.u8(request.items.length)
    for (const { log, clientId, expectedEpoch, body } of request.items) {
      writer.uuid(log)
      writer.uuid(clientId)
      writer.u64((expectedEpoch ?? NO_EPOCH) + 1)
      writer.u32(body.length)
      writer.raw(body)
    }
  }
  return writer.finish()
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

const take8 = (place: Place): number => place.bytes.readUInt8(place.offset++)

function take32(place: Place): number {
  place.offset += 4
  return place.bytes.readUInt32BE(place.offset - 4)
}
