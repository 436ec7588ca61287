// This profile's own account.

import { encodeRecoveryKey } from '../../crypto/recovery-key.ts'
import type { KeychainKind } from '../../keychain/port.ts'
import type { SelfRow } from '../../store/port.ts'
import { type AccountJson, ClientError } from '../api.ts'
import { badInput } from '../errors.ts'
import { timeJson } from '../json.ts'
import { type MethodsOf, ownRow, type Profile } from '../profile.ts'

type Names = 'whoami' | 'account.show' | 'account.delete' | 'account.recoveryKey'

const show = async (profile: Profile): Promise<AccountJson> =>
  accountJson(ownRow(profile), {
    keychain: profile.keychain,
    profile: profile.paths.profile,
    connected: profile.link.open,
    outbox: profile.store.outboxSize(),
  })

export const accountMethods: MethodsOf<Names> = {
  whoami: show,
  'account.show': show,
  'account.recoveryKey': async ({ secrets, env }) => {
    const { accountSeed } = secrets
    if (accountSeed === undefined) {
      throw new ClientError('not_allowed', 'The account’s key is on another device.', {
        hint: 'ask the device on which the account was registered',
      })
    }
    return { key: encodeRecoveryKey(env.primitives, accountSeed) }
  },
  'account.delete': async (profile, { confirm }) => {
    const { name } = ownRow(profile)
    if (confirm !== name) throw badInput('To delete the account, confirm with its name.')
    // The server first: what is gone here could not tell it any more.
    const http = await profile.http()
    await http.call('deleteAccount')
    await profile.erase()
    return {}
  },
}

interface Moment {
  readonly keychain: KeychainKind
  readonly profile: string
  readonly connected: boolean
  readonly outbox: number
}

export const accountJson = (self: SelfRow, moment: Moment): AccountJson => ({
  v: 1,
  type: 'account',
  id: self.account,
  name: self.name,
  server: self.server,
  device: { id: self.device, name: self.deviceName },
  created_at: timeJson(self.createdAt),
  ...moment,
})
