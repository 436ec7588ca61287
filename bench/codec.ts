// Our frame codec against cborg, a kept strict CBOR library, on the frames of the hot path.
// Prints nanoseconds for each operation and the size on the wire. Decision: docs/decisions.

import { decode as cborDecode, encode as cborEncode } from 'cborg'
import {
  type ClientFrame,
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
  type ServerFrame,
} from '../src/protocol/frames.ts'
import {
  type AccountId,
  type ClientId,
  type DeviceId,
  idFromBytes,
  idToBytes,
  type LogId,
} from '../src/protocol/ids.ts'

const ROUNDS = 100_000
const id = <I extends string>(byte: number): I =>
  idFromBytes(new Uint8Array(16).fill(byte)) as unknown as I

const append: ClientFrame = {
  kind: 'append',
  request: 7,
  lists: [{ account: id<AccountId>(1), version: 1 }],
  items: [
    {
      log: id<LogId>(2),
      clientId: id<ClientId>(3),
      body: new Uint8Array(400).fill(4),
      expectedEpoch: undefined,
    },
  ],
}
const entries: ServerFrame = {
  kind: 'entries',
  log: id<LogId>(2),
  entries: [
    {
      seq: 99,
      account: id<AccountId>(1),
      device: id<DeviceId>(5),
      clientId: id<ClientId>(3),
      at: 1_790_000_000_000,
      body: new Uint8Array(400).fill(4),
    },
  ],
}

/** The same content as a CBOR map with short integer-like keys and ids as bytes. */
const toCbor = (frame: ClientFrame | ServerFrame): unknown => {
  if (frame.kind === 'append') {
    return [
      2,
      frame.request,
      frame.lists.map((item) => [idToBytes(item.account), item.version]),
      frame.items.map((item) => [idToBytes(item.log), idToBytes(item.clientId), item.body]),
    ]
  }
  if (frame.kind !== 'entries') return []
  return [
    69,
    idToBytes(frame.log),
    frame.entries.map((item) => [
      item.seq,
      idToBytes(item.account),
      idToBytes(item.device),
      idToBytes(item.clientId),
      item.at,
      item.body,
    ]),
  ]
}

function nanoseconds(run: () => unknown): number {
  for (let round = 0; round < ROUNDS / 10; round += 1) run()
  const start = process.hrtime.bigint()
  for (let round = 0; round < ROUNDS; round += 1) run()
  return Number(process.hrtime.bigint() - start) / ROUNDS
}

const strict = { strict: true, rejectDuplicateMapKeys: true }
const rows: readonly (readonly [string, () => Uint8Array, (raw: Uint8Array) => unknown])[] = [
  ['append, ours', () => encodeClientFrame(append), decodeClientFrame],
  ['append, cborg', () => cborEncode(toCbor(append)), (raw) => cborDecode(raw, strict)],
  ['entries, ours', () => encodeServerFrame(entries), decodeServerFrame],
  ['entries, cborg', () => cborEncode(toCbor(entries)), (raw) => cborDecode(raw, strict)],
]
for (const [name, write, read] of rows) {
  const raw = write()
  const encoding = nanoseconds(write)
  const decoding = nanoseconds(() => read(raw))
  process.stdout.write(
    `${name.padEnd(16)} ${raw.length} B  encode ${encoding.toFixed(0)} ns  decode ${decoding.toFixed(0)} ns\n`,
  )
}
