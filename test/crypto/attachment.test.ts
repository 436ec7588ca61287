// A file in chunks: what a server could do to it, and that it can be stopped and gone on with.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ATTACHMENT_HEADER_BYTES,
  AttachmentCipher,
  type AttachmentPlace,
  attachmentLayout,
  CHUNK_BYTES,
  newAttachmentKey,
} from '../../src/crypto/attachment.ts'
import type { AeadInput } from '../../src/crypto/primitives.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { concat, toHex } from '../../src/protocol/bytes.ts'
import { MAX_BLOB_BYTES } from '../../src/protocol/limits.ts'
import { runs } from '../helpers/deep.ts'
import { codeOf, PROVIDERS } from '../helpers/providers.ts'
import { seededEnv } from '../helpers/session-device.ts'

const env = seededEnv(nodePrimitives, 'attachments')
const key = newAttachmentKey(env)

const fileOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => at * 7)
const chunkOf = (file: Uint8Array, index: number): Uint8Array =>
  file.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)

function sealAll(cipher: AttachmentCipher, file: Uint8Array, from = cipher.start) {
  const chunks: Uint8Array[] = []
  let at = from
  while (at.index < cipher.layout.chunks) {
    const { chunk, next } = cipher.seal(at, chunkOf(file, at.index))
    chunks.push(chunk)
    at = next
  }
  return { chunks, digest: cipher.digest(at) }
}

function openAll(cipher: AttachmentCipher, chunks: readonly Uint8Array[], digest: Uint8Array) {
  const parts: Uint8Array[] = []
  let at = cipher.start
  for (const chunk of chunks) {
    const { data, next } = cipher.open(at, chunk)
    parts.push(data)
    at = next
  }
  cipher.finish(at, digest)
  return concat(...parts)
}

const SIZES = [0, 1, 4096, 4097, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 200_000, 262_145]

describe.each(PROVIDERS)('with $name', (primitives) => {
  test.each(SIZES)('a file of %i bytes comes back, in the size that was foretold', (size) => {
    const file = fileOf(size)
    const cipher = new AttachmentCipher(primitives, key, size)
    const { chunks, digest } = sealAll(cipher, file)
    expect(toHex(openAll(new AttachmentCipher(primitives, key, size), chunks, digest))).toBe(
      toHex(file),
    )
    const sealed = concat(cipher.header, ...chunks)
    expect(sealed.length).toBe(attachmentLayout(size).sealedSize)
    for (const [index, chunk] of chunks.entries()) {
      const at = cipher.sealedOffset(index)
      expect(cipher.sealedLength(index)).toBe(chunk.length)
      expect(toHex(sealed.subarray(at, at + chunk.length))).toBe(toHex(chunk))
    }
  })
})

test('a file’s last chunks may be padding only: they hold nothing, and are as long as the others', () => {
  // 4 MiB and a byte are padded by 128 KiB.
  const cipher = new AttachmentCipher(nodePrimitives, key, 64 * CHUNK_BYTES + 1)
  expect(cipher.layout.chunks).toBe(66)
  expect([63, 64, 65].map((index) => cipher.dataLength(index))).toEqual([CHUNK_BYTES, 1, 0])
  const at = { ...cipher.start, index: 65 }
  const { chunk } = cipher.seal(at, new Uint8Array(0))
  expect(chunk).toHaveLength(CHUNK_BYTES + 28)
  expect(cipher.open(at, chunk).data).toHaveLength(0)
})

describe('a stopped transfer', () => {
  const size = 300_000
  const file = fileOf(size)
  const whole = sealAll(new AttachmentCipher(nodePrimitives, key, size), file)

  /** As it is after a restart: from JSON, in another object. */
  const restored = ({ index, digest }: AttachmentPlace): AttachmentPlace => {
    const [stored, hex] = JSON.parse(JSON.stringify([index, toHex(digest)]))
    return { index: stored, digest: new Uint8Array(Buffer.from(hex, 'hex')) }
  }

  test('goes on at any chunk when sealing, to the same bytes and digest', () => {
    for (let stop = 0; stop < whole.chunks.length; stop += 1) {
      const first = new AttachmentCipher(nodePrimitives, key, size)
      let at = first.start
      while (at.index < stop) at = first.seal(at, chunkOf(file, at.index)).next
      const rest = sealAll(new AttachmentCipher(nodePrimitives, key, size), file, restored(at))
      expect(rest.chunks.map(toHex)).toEqual(whole.chunks.slice(stop).map(toHex))
      expect(toHex(rest.digest)).toBe(toHex(whole.digest))
    }
  })

  test('goes on at any chunk when opening, to the same file', () => {
    for (let stop = 0; stop < whole.chunks.length; stop += 1) {
      let cipher = new AttachmentCipher(nodePrimitives, key, size)
      let at = cipher.start
      const parts: Uint8Array[] = []
      for (const chunk of whole.chunks) {
        if (at.index === stop) {
          cipher = new AttachmentCipher(nodePrimitives, key, size)
          at = restored(at)
        }
        const { data, next } = cipher.open(at, chunk)
        parts.push(data)
        at = next
      }
      cipher.finish(at, whole.digest)
      expect(toHex(concat(...parts))).toBe(toHex(file))
    }
  })

  test('of a file that changed meanwhile never uses one nonce for two plaintexts (I5)', () => {
    const nonces = new Map<string, string>()
    for (let change = 0; change < 50; change += 1) {
      const cipher = new AttachmentCipher(nodePrimitives, key, size)
      const changed = Uint8Array.from(file)
      changed[change * 5000] = 255
      for (const [index, chunk] of sealAll(cipher, changed).chunks.entries()) {
        const nonce = toHex(chunk.subarray(0, 12))
        const text = `${index} ${toHex(nodePrimitives.sha256(chunkOf(changed, index)))}`
        expect(nonces.get(nonce) ?? text).toBe(text)
        nonces.set(nonce, text)
      }
    }
    expect(nonces.size).toBeGreaterThan(50)
  })

  test('is not finished before its last chunk', () => {
    const cipher = new AttachmentCipher(nodePrimitives, key, size)
    expect(codeOf(() => cipher.digest(cipher.start))).toBe('bad_length')
    const { next } = cipher.open(cipher.start, whole.chunks[0] ?? file)
    expect(codeOf(() => cipher.finish(next, whole.digest))).toBe('bad_length')
  })
})

describe('a hostile server', () => {
  const size = 200_000
  const file = fileOf(size)
  const { chunks, digest } = sealAll(new AttachmentCipher(nodePrimitives, key, size), file)
  const open = (list: readonly (Uint8Array | undefined)[], expected = digest, length = size) =>
    openAll(
      new AttachmentCipher(nodePrimitives, key, length),
      list.map((chunk) => chunk ?? new Uint8Array(0)),
      expected,
    )
  const [a, b, c, d] = chunks

  test('cannot truncate, extend, reorder, repeat or leave out', () => {
    expect(chunks).toHaveLength(4)
    expect(codeOf(() => open([a, b, c]))).toBe('bad_length')
    expect(codeOf(() => open([]))).toBe('bad_length')
    expect(codeOf(() => open([a, b, c, d, d]))).toBe('bad_length')
    for (const list of [
      [b, a, c, d],
      [a, a, c, d],
      [a, c, b, d],
      [a, b, b, d],
      [a, b, c, c],
      [a, b, d],
    ]) {
      expect(codeOf(() => open(list))).toBe('not_authentic')
    }
  })

  test('cannot end a file early at a chunk that is not the last', () => {
    // As long as the first two chunks say, where the message's size says otherwise.
    const shorter = 2 * CHUNK_BYTES
    expect(codeOf(() => open([a, b], digest, shorter))).toBe('not_authentic')
  })

  test('cannot pass a last chunk for one in the middle under the same key', () => {
    const two = sealAll(
      new AttachmentCipher(nodePrimitives, key, 2 * CHUNK_BYTES),
      file.subarray(0, 2 * CHUNK_BYTES),
    )
    expect(codeOf(() => open([a, two.chunks[1], c, d]))).toBe('not_authentic')
  })

  test('cannot cut or lengthen a chunk, nor flip any bit of it', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 3 }), (place, index) => {
        const chunk = Uint8Array.from(chunks[index] ?? [])
        const at = place % chunk.length
        chunk[at] = (chunk[at] ?? 0) ^ (1 << (place % 8))
        expect(codeOf(() => open(chunks.with(index, chunk)))).toBe('not_authentic')
      }),
      { numRuns: runs(60) },
    )
    const last = d ?? file
    expect(codeOf(() => open([a, b, c, last.subarray(1)]))).toBe('not_authentic')
    expect(codeOf(() => open([a, b, c, concat(last, last)]))).toBe('not_authentic')
    expect(codeOf(() => open([a, b, c, last.subarray(0, 27)]))).toBe('not_authentic')
  })

  test('cannot swap the blob for another file, even one under the same key', () => {
    const other = sealAll(
      new AttachmentCipher(nodePrimitives, key, size),
      Uint8Array.from(file).fill(1),
    )
    expect(codeOf(() => open(other.chunks))).toBe('not_authentic')
    expect(open(other.chunks, other.digest)).toHaveLength(size)
    const foreign = new AttachmentCipher(nodePrimitives, newAttachmentKey(env), size)
    expect(codeOf(() => open(sealAll(foreign, file).chunks))).toBe('not_authentic')
  })

  test('cannot splice in a chunk of another file of that size under the same key', () => {
    const other = sealAll(
      new AttachmentCipher(nodePrimitives, key, size),
      Uint8Array.from(file).fill(1),
    )
    for (const index of chunks.keys()) {
      const spliced = chunks.with(index, other.chunks[index] ?? file)
      expect(codeOf(() => open(spliced))).toBe('not_authentic')
    }
  })

  test('gets no byte past who opens it behind the file’s end, were it the sender’s accomplice', () => {
    const changes = [
      ...[100, 2000, 4095].map((at) => (plain: Uint8Array) => plain.with(at, 1)),
      // Longer or shorter than its place, and sealed as if it were not.
      (plain: Uint8Array) => concat(plain, new Uint8Array(16)),
      (plain: Uint8Array) => plain.subarray(0, 200),
    ]
    for (const change of changes) {
      const dirty = {
        ...nodePrimitives,
        aesGcmSeal: (box: AeadInput) =>
          nodePrimitives.aesGcmSeal({ ...box, data: change(Uint8Array.from(box.data)) }),
      }
      const sender = new AttachmentCipher(dirty, key, 100)
      const { chunk } = sender.seal(sender.start, fileOf(100))
      const reader = new AttachmentCipher(nodePrimitives, key, 100)
      expect(codeOf(() => reader.open(reader.start, chunk))).toBe('not_authentic')
    }
  })

  test('cannot make a file of another size of it', () => {
    for (const length of [size - 1, size + 1]) {
      expect(codeOf(() => open(chunks, digest, length))).toBe('not_authentic')
    }
  })

  test('cannot name another format', () => {
    const cipher = new AttachmentCipher(nodePrimitives, key, size)
    cipher.checkHeader(cipher.header)
    expect(cipher.header).toHaveLength(ATTACHMENT_HEADER_BYTES)
    for (const header of [cipher.header.with(6, 2), cipher.header.subarray(1), new Uint8Array(8)]) {
      expect(codeOf(() => cipher.checkHeader(header))).toBe('not_authentic')
    }
  })
})

describe('our own mistakes', () => {
  test('are refused: wrong places, wrong lengths, wrong keys, impossible sizes', () => {
    const cipher = new AttachmentCipher(nodePrimitives, key, 100)
    const { start } = cipher
    expect(codeOf(() => cipher.seal(start, fileOf(99)))).toBe('bad_length')
    expect(codeOf(() => cipher.seal({ ...start, index: 1 }, fileOf(0)))).toBe('bad_length')
    for (const index of [-1, 0.5, 1, Number.NaN]) {
      expect(codeOf(() => cipher.seal({ ...start, index }, fileOf(100)))).toBe('bad_length')
      expect(codeOf(() => cipher.open({ ...start, index }, fileOf(4124)))).toBe('bad_length')
    }
    expect(codeOf(() => new AttachmentCipher(nodePrimitives, fileOf(31), 1))).toBe('bad_key')
    for (const size of [-1, 1.5, Number.NaN, MAX_BLOB_BYTES]) {
      expect(codeOf(() => attachmentLayout(size))).toBe('bad_length')
    }
  })

  test('a wiped cipher seals nothing under a key of zeros', () => {
    const cipher = new AttachmentCipher(nodePrimitives, key, 100)
    cipher.wipe()
    expect(codeOf(() => cipher.seal(cipher.start, fileOf(100)))).toBe('bad_key')
  })

  test('sizes on the wire are few', () => {
    const sizes = new Set<number>()
    for (let size = 0; size < 10_000; size += 1) sizes.add(attachmentLayout(size).sealedSize)
    expect(sizes.size).toBeLessThan(25)
    expect(attachmentLayout(0).sealedSize).toBe(attachmentLayout(4096).sealedSize)
    expect(attachmentLayout(15 * 2 ** 30).chunks).toBe(15 * 2 ** 14)
  })
})
