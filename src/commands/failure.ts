// Whatever was thrown, as the one error that is told. A bug goes to the log, and the log is named.

import { dirname } from 'node:path'
import { ClientError } from '../client/api.ts'
import { toClientError } from '../client/errors.ts'
import { bugEvent, openLog } from '../client/log.ts'
import { makePrivateFolder } from '../client/paths.ts'

export function failureOf(error: unknown, log: string | undefined): ClientError {
  const failure = toClientError(error)
  if (failure.code !== 'bug' || log === undefined) return failure
  try {
    makePrivateFolder(dirname(log))
    openLog(log).write(bugEvent('command', error))
  } catch {
    // A disk that takes no log is told as the bug that it hides.
    return failure
  }
  return new ClientError('bug', failure.message, { hint: `this is a bug; the log is ${log}` })
}
