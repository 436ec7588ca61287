// What a mutant is run against, in this order.

import { readdirSync } from 'node:fs'

const FOLDERS = ['test/protocol', 'test/crypto']
/** They read the sources as text, or start a program: a mutant is invisible or costly there. */
const APART = ['labels.test.ts', 'provider-weight.test.ts']
/** Last: what dies elsewhere is not worth a key derivation or a virtual terminal. */
const SLOW = [
  'identity-vectors.test.ts',
  'safety-number.test.ts',
  'safe-text.test.ts',
  'vault.test.ts',
]

const rank = (name) => SLOW.indexOf(name)

export const testFiles = () =>
  FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => ({ folder, name })))
    .filter(({ name }) => name.endsWith('.test.ts') && !APART.includes(name))
    .sort((a, b) => rank(a.name) - rank(b.name))
    .map(({ folder, name }) => `${folder}/${name}`)
