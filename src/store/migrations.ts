// Numbered steps from an empty file to today's schema. Each step and its number are one
// transaction: killed anywhere, the profile is at one version or at the next.

import type { Connection } from './connection.ts'
import { StoreError } from './port.ts'

export interface Migration {
  /** 1, 2, 3 …: what `user_version` reads afterwards. */
  readonly version: number
  run(connection: Connection): void
}

export function schemaVersion(connection: Connection): number {
  return Number(connection.pragma('user_version'))
}

export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0
  const found = schemaVersion(connection)
  if (found > newest) {
    throw new StoreError('newer_schema', `version ${found}, this program knows ${newest}`)
  }
  for (const migration of migrations) {
    connection.transaction(() => {
      // Read again under the write lock: another process may have been faster.
      if (schemaVersion(connection) >= migration.version) return
      migration.run(connection)
      connection.script(`PRAGMA user_version = ${migration.version}`)
    })
  }
}
