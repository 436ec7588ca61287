// Schemas grow by steps that are never edited after a release. Each half of the storage has its
// own list and its own counter, so that neither waits for the other.

import { directorySchema } from './directory-operations.ts'
import { logSchema } from './log-schema.ts'
import type { Sql } from './open.ts'

const SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  logs: logSchema,
  directory: directorySchema,
}

export function migrate(sql: Sql): void {
  sql.exec('CREATE TABLE IF NOT EXISTS schema (part TEXT PRIMARY KEY, steps INTEGER NOT NULL)')
  sql.exec('BEGIN IMMEDIATE')
  try {
    for (const [part, steps] of Object.entries(SCHEMAS)) advance(sql, part, steps)
    sql.exec('COMMIT')
  } catch (error) {
    if (sql.inTransaction()) sql.exec('ROLLBACK')
    throw error
  }
}

function advance(sql: Sql, part: string, steps: readonly string[]): void {
  const row = sql.get<{ steps: number }>('SELECT steps FROM schema WHERE part = ?', part)
  const done = row?.steps ?? 0
  if (done > steps.length) throw new Error(`the database is newer than this program (${part})`)
  for (const step of steps.slice(done)) sql.exec(step)
  sql.run(
    'INSERT INTO schema (part, steps) VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET steps = excluded.steps',
    part,
    steps.length,
  )
}
