// The methods over one open profile: names and shapes checked, soundness minded, errors made.

import { ClientError, type MethodName } from './api.ts'
import { noProfile, toClientError } from './errors.ts'
import { bugEvent } from './log.ts'
import { METHODS } from './methods/table.ts'
import type { OpenProfile } from './open-profile.ts'
import { checkedParams, isMethodName } from './params.ts'
import { Leaving, type Service } from './service.ts'

/** What uses no key: allowed also while the profile is stopped. */
const HARMLESS: ReadonlySet<MethodName> = new Set([
  'whoami',
  'account.show',
  'account.recoveryKey',
  'contact.list',
  'chats',
  'chat.show',
  'history',
  'search',
  'msg.show',
  'doctor',
  'status',
  'stop',
])

export function profileService(profile: OpenProfile): Service {
  let erased = false
  return {
    async call(name, params, signal) {
      if (!isMethodName(name)) throw new ClientError('usage', 'There is no such method.')
      if (erased) throw noProfile(profile.paths.profile)
      const { condition } = profile
      if (condition.kind === 'stopped' && !HARMLESS.has(name)) throw condition.why
      const checked = checkedParams(name, params)
      try {
        const method = METHODS[name] as (
          ...call: readonly [OpenProfile, object, AbortSignal]
        ) => Promise<unknown>
        const result = await method(profile, checked, signal)
        if (name === 'account.delete') erased = true
        return result
      } catch (error) {
        if (error instanceof Leaving) throw error
        const known = toClientError(error)
        if (known.code === 'bug') profile.log.write(bugEvent(name, error))
        throw known
      }
    },
    subscribe: (listener) => profile.subscribe(listener),
    leave: () => profile.leave(),
    close: () => profile.close(),
  }
}
