// What SQLite and the operating system say when they fail, as the store's own codes. The text of
// an SQLite error can quote a value, so that only its code goes on.

import { StoreError, type StoreErrorCode } from './port.ts'

const BY_CODE: readonly (readonly [prefix: string, code: StoreErrorCode])[] = [
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_FULL', 'full'],
  // The index beside the log could not grow: nothing else keeps it from that.
  ['SQLITE_IOERR_SHMSIZE', 'full'],
  ['SQLITE_READONLY', 'readonly'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_CONSTRAINT', 'constraint'],
  ['SQLITE_MISUSE', 'misuse'],
  ['SQLITE_RANGE', 'misuse'],
  ['SQLITE_ERROR', 'misuse'],
  ['SQLITE_CANTOPEN', 'io'],
  ['SQLITE_', 'io'],
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EROFS', 'readonly'],
  ['EACCES', 'readonly'],
  ['EPERM', 'readonly'],
  ['ENOENT', 'missing'],
  ['EEXIST', 'exists'],
  ['E', 'io'],
]

export function storeFailure(error: unknown): Error {
  if (error instanceof StoreError) return error
  const raw = codeOf(error)
  const found = BY_CODE.find(([prefix]) => raw?.startsWith(prefix))
  if (raw !== undefined && found !== undefined) return new StoreError(found[1], raw)
  // The driver complains about its own use with plain errors: closed, busy, wrong parameters.
  if (error instanceof TypeError || error instanceof RangeError) {
    return new StoreError('misuse', error.message)
  }
  return error instanceof Error ? error : new StoreError('io', 'an unknown failure')
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  // Node's own ERR_… codes are mistakes of a caller.
  if (typeof error.code !== 'string' || error.code.startsWith('ERR_')) return undefined
  return error.code
}
