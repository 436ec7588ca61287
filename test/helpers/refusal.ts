// The SessionError with which `work` is refused; any other error, or none, fails the test.

import { SessionError } from '../../src/crypto/session.ts'

export function refusal(work: () => unknown): SessionError {
  try {
    work()
  } catch (error) {
    if (error instanceof SessionError) return error
    throw error
  }
  throw new Error('was not refused')
}
