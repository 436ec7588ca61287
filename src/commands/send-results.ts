// How a send went, one line for each recipient, and the exit code of them all.

import { ClientError, type SendResult } from '../client/api.ts'
import { errorFromJson } from '../client/errors.ts'
import { nameOf } from '../client/shown.ts'
import { safe, safeText } from '../protocol/safe-text.ts'
import { exitCodeOf, type Output } from './output.ts'

/** Some have it, some not. */
const PARTIAL = exitCodeOf(new ClientError('partial', ''))

export function printResults(out: Output, results: readonly SendResult[]): number {
  const codes = new Set<number>()
  for (const { to, message, error, timedOut } of results) {
    if (message !== undefined) {
      out.result(message, safe`${nameOf(to)}  ${safeText(message.status)}  ${safeText(message.id)}`)
    }
    const failure =
      error !== undefined ? errorFromJson(error) : timedOut === true ? late() : undefined
    if (failure !== undefined) out.failure(failure, { to })
    codes.add(failure === undefined ? 0 : exitCodeOf(failure))
  }
  if (codes.size > 1) return PARTIAL
  const [only = 0] = codes
  return only
}

const late = (): ClientError =>
  new ClientError('timeout', 'Not there yet. The message is kept and goes out by itself.', {
    hint: 'sotto msg show ID says how it is; the same --idempotency-key is safe',
  })
