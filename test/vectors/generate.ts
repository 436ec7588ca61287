// Writes every known-answer file of this folder anew:
//   node --import tsx test/vectors/generate.ts
// A changed file is a changed protocol: the diff is what a second implementation would notice.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { noblePrimitives } from '../../src/crypto/provider-noble.ts'
import { identityVectors } from '../helpers/identity-vectors.ts'
import { pqxdhVectors, ratchetVectors } from '../helpers/session-vectors.ts'

const files = {
  ...(await identityVectors(noblePrimitives)),
  pqxdh: pqxdhVectors(noblePrimitives),
  'double-ratchet': ratchetVectors(noblePrimitives),
}
for (const [name, vectors] of Object.entries(files)) {
  const file = join(import.meta.dirname, `${name}.json`)
  writeFileSync(file, `${JSON.stringify(vectors, undefined, 2)}\n`)
}
