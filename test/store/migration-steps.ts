// Three migrations in which one can die: at the beginning of each, in its middle, at its end.

import type { Migration } from '../../src/store/migrations.ts'

export const KEY = new Uint8Array(32).fill(7)

const STATEMENTS: readonly (readonly [string, string])[] = [
  [
    'CREATE TABLE notes (row INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT',
    "INSERT INTO notes (text) VALUES ('one')",
  ],
  ['ALTER TABLE notes ADD COLUMN at INTEGER NOT NULL DEFAULT 0', 'UPDATE notes SET at = 5'],
  ['CREATE TABLE copy AS SELECT * FROM notes', 'DROP TABLE notes'],
]

export const PLACES = STATEMENTS.flatMap((_, index) =>
  ['begin', 'middle', 'end'].map((where) => `${index + 1}-${where}`),
)

export function stepsDyingAt(place: string, die: () => void): readonly Migration[] {
  return STATEMENTS.map(([first, second], index) => ({
    version: index + 1,
    run(connection) {
      const at = (where: string): void => {
        if (place === `${index + 1}-${where}`) die()
      }
      at('begin')
      connection.script(first)
      at('middle')
      connection.script(second)
      at('end')
    },
  }))
}
