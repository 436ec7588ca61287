// The directory port over SQLite.

import type { DirectoryStorage } from '../directory-port.ts'
import type { Sql } from './open.ts'
import type { Calls } from './operations.ts'

export const sqliteDirectory = (_calls: Calls, _reading: Sql): DirectoryStorage => ({
  device: () => Promise.resolve(undefined),
})
