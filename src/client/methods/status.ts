// The process that holds the profile, about itself.

import { ClientError } from '../api.ts'
import { timeJson } from '../json.ts'
import type { MethodsOf } from '../profile.ts'

export const statusMethods: MethodsOf<'status' | 'stop'> = {
  status: async (profile) => ({
    pid: process.pid,
    connected: profile.link.open,
    outbox: profile.store.outboxSize(),
    since: timeJson(profile.openedAt),
    clients: profile.clients(),
    daemon: profile.serving,
  }),
  stop: async ({ onStop }) => {
    if (onStop === undefined) {
      throw new ClientError('not_allowed', 'This profile is held by a command, not by a daemon.')
    }
    // After the answer is on its way.
    setImmediate(onStop)
    return {}
  },
}
