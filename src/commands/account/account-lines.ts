// An account as lines for people.

import type { AccountJson } from '../../client/api.ts'
import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'

export const accountLines = (account: AccountJson): readonly SafeText[] => [
  safe`${nameOf(account.name)} on ${safeText(account.server)}`,
  safe`  account   ${safeText(account.id)}`,
  safe`  device    ${nameOf(account.device.name)} (${safeText(account.device.id)})`,
  safe`  profile   ${nameOf(account.profile)}, keychain ${safeText(account.keychain)}`,
  safe`  state     ${account.connected ? safe`connected` : safe`offline`}, ${account.outbox} waiting to be sent`,
]
