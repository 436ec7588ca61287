// An error that nobody caught. The runtime would print it as it is: its words may be a peer's, or a
// part of a text that did not parse (P1, L6). So it is told as every bug is: its place goes to the
// log, its words nowhere. Then the process ends: what it was in the middle of is not known.

import { FAILURES } from '../client/api.ts'
import { exitCodeOf, type Output } from './output.ts'

interface Telling {
  readonly out: Output
  readonly log: string | undefined
}

/** `telling` is asked at the moment, for by then the form of the output is known. */
export function tellUncaught(telling: () => Telling): void {
  process.on('uncaughtException', (error) => {
    void tell(error, telling).then(
      (code) => process.exit(code),
      // What goes wrong while the end is told is not told.
      () => process.exit(FAILURES.bug),
    )
  })
}

async function tell(error: unknown, telling: () => Telling): Promise<number> {
  const { out, log } = telling()
  const { failureOf } = await import('./failure.ts')
  const failure = failureOf(error, log)
  out.failure(failure)
  await out.flush()
  return exitCodeOf(failure)
}
