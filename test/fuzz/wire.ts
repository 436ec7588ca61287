// What comes from the server and, sealed or not, from other people.

import fc from 'fast-check'
import { unpad } from '../../src/crypto/padding.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { compareQr } from '../../src/crypto/safety-number.ts'
import { type Content, decodeContent, encodeContent } from '../../src/engine/content/content.ts'
import type { Body } from '../../src/engine/content/kinds.ts'
import { fromBase64Url, fromHex, toBase64Url } from '../../src/protocol/bytes.ts'
import { type Codec, decode, encode } from '../../src/protocol/codec.ts'
import { deviceListBody, signedDeviceList } from '../../src/protocol/device-list.ts'
import { envelopeCodec } from '../../src/protocol/envelope.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import {
  clientFrameCodec,
  decodeClientFrame,
  decodeServerFrame,
  serverFrameCodec,
} from '../../src/protocol/frames.ts'
import type { AccountId, BlobId, MessageId } from '../../src/protocol/ids.ts'
import * as arbitrary from '../protocol/arbitraries.ts'
import { type Target, textOf } from './inputs.ts'

const isProtocolError = (error: unknown): boolean => error instanceof ProtocolError
const never = (): boolean => false

const samples = <T>(codec: Codec<T>, values: fc.Arbitrary<T>): readonly Uint8Array[] =>
  fc.sample(values, { numRuns: 40, seed: 1 }).map((value) => encode(codec, value))

/** What is read and written again is the same bytes: one form for each value. */
function same(raw: Uint8Array, again: Uint8Array): void {
  if (Buffer.compare(raw, again) !== 0) throw new Error('a second form')
}

const codecTarget = <T>(name: string, codec: Codec<T>, values: fc.Arbitrary<T>): Target => ({
  name,
  seeds: samples(codec, values),
  run: (raw) => same(raw, encode(codec, decode(codec, raw))),
  refuses: isProtocolError,
})

const id = '01890000-0000-7000-8000-000000000001'
const head = { version: 1, hash: new Uint8Array(32) }
const bodies: readonly Body[] = [
  { kind: 'text', text: 'hi *you* https://example.org', mentions: [] },
  { kind: 'edit', target: id as MessageId, text: 'x', mentions: [] } as never,
  { kind: 'delete', target: id as MessageId } as never,
  { kind: 'reaction', target: id as MessageId, emoji: '👍', on: true } as never,
  {
    kind: 'file',
    attachments: [
      {
        name: 'a.txt',
        mime: 'text/plain',
        size: 3,
        blob: id as BlobId,
        key: new Uint8Array(32),
        digest: new Uint8Array(32),
        sealedSize: 99,
      },
    ],
    caption: 'look',
  },
  { kind: 'contact_request', text: 'hello' } as never,
  { kind: 'contact_accept' } as never,
  { kind: 'session_reset' } as never,
  { kind: 'unsupported', number: 8, payload: new Uint8Array(9) },
]

const contentOf = (body: Body): Content => ({
  id: id as MessageId,
  sentAt: 1_750_000_000_000,
  replyTo: id as MessageId,
  expireAfter: 60_000,
  silent: false,
  ownHead: head,
  peerHead: head,
  deviceName: 'box',
  body,
})

const account = { account: id as AccountId, accountKey: new Uint8Array(32).fill(7) }

/** The fingerprint's 5,200 hashes are not what is tried here. */
const quick = { ...nodePrimitives, sha256: () => new Uint8Array(32) }

export const WIRE: readonly Target[] = [
  codecTarget('envelopes', envelopeCodec, arbitrary.envelope),
  codecTarget('signed device lists', signedDeviceList, arbitrary.signedList),
  codecTarget('device list bodies', deviceListBody, arbitrary.deviceListBody),
  {
    name: 'client frames',
    seeds: samples(clientFrameCodec, arbitrary.clientFrame),
    run: (raw) => same(raw, encode(clientFrameCodec, decodeClientFrame(raw))),
    refuses: isProtocolError,
  },
  {
    name: 'server frames',
    seeds: samples(serverFrameCodec, arbitrary.serverFrame),
    run: (raw) => same(raw, encode(serverFrameCodec, decodeServerFrame(raw))),
    refuses: isProtocolError,
  },
  {
    name: 'contents',
    seeds: bodies.flatMap((body) => {
      try {
        return [encodeContent(contentOf(body))]
      } catch {
        return []
      }
    }),
    run: (raw) => same(raw, encodeContent(decodeContent(raw))),
    refuses: isProtocolError,
  },
  {
    name: 'paddings',
    seeds: [new Uint8Array(160).fill(0x80, 9, 10)],
    run: unpad,
    refuses: isProtocolError,
  },
  {
    name: 'scanned codes',
    seeds: [`sotto:verify:${toBase64Url(new Uint8Array(65).fill(1))}`],
    run: (raw) => compareQr(quick, account, account, textOf(raw)),
    refuses: never,
  },
  {
    name: 'base64url and hex',
    seeds: ['AAECAwQFBgcICQ', '000102030405'],
    run(raw) {
      const text = textOf(raw)
      const bytes = fromBase64Url(text)
      if (bytes !== undefined && toBase64Url(bytes) !== text) throw new Error('a second form')
      fromHex(text)
    },
    refuses: never,
  },
]
