// A label that stood for two purposes would let what was made for one pass for the other (A4).

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { LABEL_TEXTS } from '../../src/crypto/labels.ts'
import { PREKEY_LABELS } from '../../src/protocol/prekeys.ts'
import { PROOF_LABELS } from '../../src/protocol/proof.ts'

const root = resolve(import.meta.dirname, '../..')

/** Every label written down anywhere in the product, with its file. The server has its own, for
 *  what only it makes and only it reads. */
const written = ['src', 'server'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((entry) => join(folder, entry))
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => {
      const code = readFileSync(join(root, file), 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
      return [...code.matchAll(/(["'`])(sotto\/1 [^"'`]*)\1/g)].map((match) => ({
        file,
        label: match[2] ?? '',
      }))
    }),
)
const sorted = (labels: readonly string[]): readonly string[] => [...labels].sort()

test('every label of the product is written down once', () => {
  const labels = written.map(({ label }) => label)
  expect(labels.length).toBeGreaterThan(18)
  expect(sorted(labels)).toEqual(sorted([...new Set(labels)]))
})

test('no label holds a zero byte, so none with its zero begins another', () => {
  for (const { label } of written) expect(label).toMatch(/^sotto\/1 [a-z0-9 -]+$/)
})

test('the lists name every label outside the server', () => {
  const listed = [...LABEL_TEXTS, ...PROOF_LABELS, ...Object.values(PREKEY_LABELS)]
  const homes = written.filter(({ file }) => file.startsWith('src/')).map(({ label }) => label)
  expect(sorted(listed)).toEqual(sorted(homes))
})
