// A debugger sees every key and every text, and listens on a port that any user of the machine can
// reach (L6). So none is let in: not by an option of the runtime, not by a signal.

import { close, url } from 'node:inspector'
import { ClientError } from '../client/api.ts'

/** By then most commands are over, and never paid for loading what debugs. */
const LOOK_AGAIN_MS = 1_000

/** Throws if a debugger listens already; from then on SIGUSR1, which would start one, does nothing.
 *  One that a signal started before we heard it is closed. */
export function keepDebuggerOut(): void {
  process.on('SIGUSR1', () => {})
  const again = setTimeout(() => {
    if (url() !== undefined) close()
  }, LOOK_AGAIN_MS)
  again.unref()
  // Nothing else starts one before the program runs.
  const optioned = process.execArgv.length > 0 || (process.env.NODE_OPTIONS ?? '') !== ''
  if (!optioned || url() === undefined) return
  throw new ClientError('not_allowed', 'A debugger listens to this process: it could read keys.', {
    hint: 'take --inspect out of NODE_OPTIONS',
  })
}
