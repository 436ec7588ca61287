// An invite as the operator sees it. Its code is shown once, when it is made.

import { type SafeText, safe, safeText } from '../../../protocol/safe-text.ts'
import { clockOf } from '../../render.ts'

interface Invite {
  readonly id: string
  readonly usesLeft: number
  readonly operator: boolean
  readonly createdAt: number
  readonly expiresAt: number
  readonly code?: string
}

const time = (ms: number): string => new Date(ms).toISOString()

export const inviteJson = (invite: Invite): object => ({
  v: 1,
  type: 'invite',
  id: invite.id,
  ...(invite.code === undefined ? {} : { code: invite.code }),
  uses_left: invite.usesLeft,
  operator: invite.operator,
  created_at: time(invite.createdAt),
  expires_at: time(invite.expiresAt),
})

export const inviteLine = (invite: Invite): SafeText =>
  safe`${safeText(invite.code ?? invite.id)}  ${invite.usesLeft} uses left  until ${clockOf(time(invite.expiresAt))}${
    invite.operator ? safe`  operator` : safe``
  }`
