// The labels as they go into hashes, keys and signatures; where they are written down: labels.test.ts.

import { expect, test } from 'vitest'
import * as labels from '../../src/crypto/labels.ts'
import { fromUtf8 } from '../../src/protocol/bytes.ts'

test('each label is its text and a zero byte, and the list names them all', () => {
  const { LABEL_TEXTS, ...made } = labels
  const texts = Object.values(made).map(fromUtf8)
  for (const text of texts) expect(text).toMatch(/^sotto\/1 [a-z0-9 -]+\0$/)
  expect(new Set(texts).size).toBe(texts.length)
  expect(texts.sort()).toEqual(LABEL_TEXTS.map((text) => `${text}\0`).sort())
})
