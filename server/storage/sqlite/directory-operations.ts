import type { AccountId } from '../../../src/protocol/ids.ts'
import type { Sql } from './open.ts'

export const directorySchema: readonly string[] = []

export const directoryOperations = {}

/** The version of the account's newest device list; undefined where there is no such account. */
export const currentListVersion = (_sql: Sql, _account: AccountId): number | undefined => undefined
