// An account as the operator sees it: days and counts, nothing of what it says.

import { nameOf } from '../../../client/shown.ts'
import { type SafeText, safe, safeText } from '../../../protocol/safe-text.ts'

interface User {
  readonly name: string
  readonly account: string
  readonly disabled: boolean
  readonly operator: boolean
  readonly devices: number
  readonly created: string
  readonly seen: string
}

export const userJson = (user: User): object => ({ v: 1, type: 'user', ...user })

export const userLine = (user: User): SafeText =>
  safe`${nameOf(user.name)}  ${user.devices} devices  since ${safeText(user.created)}  seen ${safeText(user.seen)}${
    user.operator ? safe`  operator` : safe``
  }${user.disabled ? safe`  disabled` : safe``}`
