// What a mutant is run against, in this order.

import { readdirSync } from 'node:fs'
import { basename } from 'node:path'

const FOLDERS = ['test/protocol', 'test/crypto']
/** They read the sources as text, or start a program: a mutant is invisible or costly there. */
const APART = ['labels.test.ts', 'provider-weight.test.ts']
/** Last, and only for what they are about: nothing else is worth a key derivation or a virtual
 *  terminal. A mutant that only they would kill, elsewhere, survives. */
const SLOW = {
  'identity-vectors.test.ts': /attachment|device-list|labels|recovery|safety|vault/,
  'safety-number.test.ts': /safety/,
  'safe-text.test.ts': /safe-text/,
  'vault.test.ts': /argon2|vault/,
}

const rank = (name) => Object.keys(SLOW).indexOf(name)

/** Whether a test file is asked about a mutant of `source`. */
export const isAbout = (testFile, source) =>
  SLOW[basename(testFile)]?.test(basename(source)) ?? true

export const testFiles = () =>
  FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => ({ folder, name })))
    .filter(({ name }) => name.endsWith('.test.ts') && !APART.includes(name))
    .sort((a, b) => rank(a.name) - rank(b.name))
    .map(({ folder, name }) => `${folder}/${name}`)
