// Who holds a profile, without becoming the one who does.

import type { Result } from '../../client/api.ts'
import { type Attached, attach } from '../../client/attach.ts'
import { profilePaths } from '../../client/client.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Globals } from '../globals.ts'

type Status = Result<'status'>

/** Undefined when nobody holds the profile. */
export const holderOf = (
  globals: Globals,
  lost: () => void = () => {},
): Promise<Attached | undefined> =>
  attach(profilePaths(globals.home, globals.profile), { event: () => {}, lost })

export async function statusOf(globals: Globals): Promise<Status | undefined> {
  const holder = await holderOf(globals)
  if (holder === undefined) return undefined
  try {
    return (await holder.call('status', {})) as Status
  } finally {
    holder.close()
  }
}

export const statusLine = (status: Status): SafeText =>
  safe`${status.daemon ? safe`daemon` : safe`held`} by process ${status.pid} since ${safeText(status.since)}, ${
    status.connected ? safe`connected` : safe`offline`
  }, ${status.outbox} waiting to be sent, ${status.clients} attached`
