// Whether a real Secret Service answers here. Tests that need one say why they do not run, and
// fail where nothing may be left out (SOTTO_REQUIRE_ALL).

import { randomUUID } from 'node:crypto'
import { osKeychain } from '../../src/keychain/os.ts'
import { KeychainError } from '../../src/keychain/port.ts'

const PATIENCE_MS = 10_000

/** Undefined if it answers, else why not. */
export async function secretServiceMissing(): Promise<string | undefined> {
  try {
    await osKeychain({ entry: `test-${randomUUID()}`, patience: PATIENCE_MS }).load()
    return undefined
  } catch (error) {
    return error instanceof KeychainError ? error.code : String(error)
  }
}
