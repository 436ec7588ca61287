// The server's failures with the exit codes of everybody's.

import { ClientError, type FailureCode } from '../../client/api.ts'

const CODES: Readonly<Record<string, FailureCode>> = {
  bad_config: 'bad_input',
  unsupported: 'usage',
  in_use: 'exists',
  not_running: 'network',
  not_found: 'not_found',
  conflict: 'exists',
  storage: 'storage',
  damaged: 'storage',
  failed: 'server',
}

interface Failure extends Error {
  readonly code: string
  readonly hint: string | undefined
}

const isServerError = (error: unknown): error is Failure =>
  error instanceof Error && error.name === 'ServerError' && 'code' in error

/** What the server throws, as what the command line tells. */
export async function telling<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!isServerError(error)) throw error
    const code = CODES[error.code] ?? 'server'
    throw new ClientError(code, error.message, error.hint === undefined ? {} : { hint: error.hint })
  }
}
