import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Content,
  decodeContent,
  encodeContent,
  MAX_DEVICE_NAME_BYTES,
} from '../../../src/engine/content/content.ts'
import {
  type Body,
  decodeBody,
  encodeBody,
  KINDS,
  numberOf,
  RESERVED_NUMBERS,
  searchText,
} from '../../../src/engine/content/kinds.ts'
import { isEmoji } from '../../../src/engine/content/reaction.ts'
import { decodeUnsupported, encodeUnsupported } from '../../../src/engine/content/unsupported.ts'
import { ProtocolError } from '../../../src/protocol/errors.ts'
import {
  type AccountId,
  type BlobId,
  idFromBytes,
  type MessageId,
} from '../../../src/protocol/ids.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const id = <I extends MessageId | AccountId | BlobId>() =>
  bytes(16).map((raw) => idFromBytes<I>(raw))
const time = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const text = (max: number) => fc.string({ unit: 'grapheme', maxLength: max })
const textBody = fc.record({
  kind: fc.constant('text' as const),
  text: text(300),
  mentions: fc.array(id<AccountId>(), { maxLength: 5 }),
})
const attachment = fc.record({
  name: text(20),
  mime: text(20),
  size: time,
  blob: id<BlobId>(),
  key: bytes(32),
  digest: bytes(32),
  sealedSize: time,
})
const body: fc.Arbitrary<Body> = fc.oneof(
  textBody,
  fc.record({
    kind: fc.constant('file' as const),
    caption: text(50),
    attachments: fc.array(attachment, { maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('edit' as const),
    message: id<MessageId>(),
    text: textBody.map(({ kind: _, ...value }) => value),
  }),
  fc.record({ kind: fc.constant('delete' as const), message: id<MessageId>() }),
  fc.record({
    kind: fc.constant('reaction' as const),
    message: id<MessageId>(),
    emoji: fc.constantFrom('👍', '👩‍👩‍👧‍👦', '🇩🇪', 'x'),
    removed: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('receipt' as const),
    delivered: fc.array(id<MessageId>(), { maxLength: 5 }),
    read: fc.array(id<MessageId>(), { maxLength: 5 }),
  }),
  fc.constantFrom(
    { kind: 'contact_request' as const },
    { kind: 'contact_accept' as const },
    { kind: 'session_reset' as const },
  ),
  fc.record({
    kind: fc.constant('unsupported' as const),
    number: fc.integer({ min: 100, max: 0xffff }),
    payload: fc.uint8Array({ maxLength: 60 }),
  }),
)
const head = fc.record({ version: fc.nat(), hash: bytes(32) })
const content: fc.Arbitrary<Content> = fc.record({
  id: id<MessageId>(),
  sentAt: time,
  replyTo: fc.option(id<MessageId>(), { nil: undefined }),
  expireAfter: fc.option(time, { nil: undefined }),
  silent: fc.boolean(),
  ownHead: head,
  peerHead: head,
  deviceName: fc.string({ maxLength: MAX_DEVICE_NAME_BYTES / 4 }),
  body,
})

const EXAMPLE: Content = {
  id: '01890000-0000-7000-8000-000000000001' as MessageId,
  sentAt: 1,
  replyTo: undefined,
  expireAfter: undefined,
  silent: false,
  ownHead: { version: 1, hash: new Uint8Array(32) },
  peerHead: { version: 1, hash: new Uint8Array(32) },
  deviceName: 'box',
  body: { kind: 'text', text: 'hi', mentions: [] },
}

describe('a content', () => {
  test('comes back as it was, of whatever kind', () => {
    fc.assert(
      fc.property(content, (value) => {
        expect(decodeContent(encodeContent(value))).toEqual(value)
      }),
    )
  })

  test('has one encoding: the bytes come back too', () => {
    fc.assert(
      fc.property(content, (value) => {
        const raw = encodeContent(value)
        expect(encodeContent(decodeContent(raw))).toEqual(raw)
      }),
    )
  })

  test('is exactly as long as it says: no byte less, no byte more', () => {
    const raw = encodeContent(EXAMPLE)
    for (let length = 0; length < raw.length; length += 1) {
      expect(() => decodeContent(raw.subarray(0, length))).toThrow(ProtocolError)
    }
    expect(() => decodeContent(Uint8Array.of(...raw, 0))).toThrow(ProtocolError)
  })

  test('of another version is refused, not guessed at', () => {
    const raw = encodeContent(EXAMPLE)
    raw[0] = 2
    expect(() => decodeContent(raw)).toThrow(ProtocolError)
  })

  test('made of noise is a ProtocolError and nothing else', () => {
    const raw = encodeContent(EXAMPLE)
    const bent = fc.tuple(fc.nat({ max: raw.length - 1 }), fc.nat({ max: 255 })).map(([at, to]) => {
      const copy = raw.slice()
      copy[at] = to
      return copy
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), bent), (noise) => {
        try {
          decodeContent(noise)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('the table of kinds', () => {
  test('gives each number once, the reserved ones included', () => {
    const numbers = [
      ...Object.values(KINDS).map((kind) => kind.number),
      ...Object.values(RESERVED_NUMBERS),
    ]
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(numbers.every((number) => number > 0 && number <= 0xffff)).toBe(true)
  })

  test('keeps what it does not know, number and bytes, to be understood later', () => {
    const payload = Uint8Array.of(1, 2, 3)
    const unknown = decodeBody(RESERVED_NUMBERS.poll ?? 0, payload)
    expect(unknown).toEqual({ kind: 'unsupported', number: 7, payload })
    if (unknown.kind !== 'unsupported') return
    expect(decodeUnsupported(encodeUnsupported(unknown))).toEqual(unknown)
    const early = { kind: 'unsupported', number: 1, payload: encodeBody(EXAMPLE.body) } as const
    expect(decodeUnsupported(encodeUnsupported(early))).toEqual(EXAMPLE.body)
  })

  test('finds a file by its caption and by its names', () => {
    const file: Body = {
      kind: 'file',
      caption: 'the plan',
      attachments: [
        {
          name: 'plan.pdf',
          mime: 'application/pdf',
          size: 1,
          blob: '01890000-0000-7000-8000-000000000002' as BlobId,
          key: new Uint8Array(32),
          digest: new Uint8Array(32),
          sealedSize: 17,
        },
      ],
    }
    expect(searchText(file)).toBe('the plan\nplan.pdf')
    expect(numberOf(file)).toBe(4)
  })
})

test.each([
  ['👍', true],
  ['👩‍👩‍👧‍👦', true],
  ['', false],
  ['👍👍', false],
  ['\u001b[2J', false],
  ['\n', false],
  ['a b', false],
  ['🙂'.repeat(40), false],
])('%j is a reaction: %s', (emoji, expected) => {
  expect(isEmoji(emoji)).toBe(expected)
})
