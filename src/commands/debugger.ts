// A debugger sees every key and every text, and listens on a port that any user of the machine can
// reach (L6). So none is let in: not by an option of the runtime, not by a signal.

import { url } from 'node:inspector'
import { ClientError } from '../client/api.ts'

/** Throws if a debugger listens already; from then on SIGUSR1, which would start one, does nothing. */
export function keepDebuggerOut(): void {
  process.on('SIGUSR1', () => {})
  if (url() === undefined) return
  throw new ClientError('not_allowed', 'A debugger listens to this process: it could read keys.', {
    hint: 'take --inspect out of NODE_OPTIONS',
  })
}
