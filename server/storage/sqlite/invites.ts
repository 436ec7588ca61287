// Invites, by the hash of their code: who reads the database can use none of them.

import type { NewInvite } from '../directory-port.ts'
import type { Sql } from './open.ts'
import type { OperationContext } from './operation.ts'

export const inviteOperations = { createInvite, revokeInvite, replaceFirstInvite }

interface InviteUse {
  readonly hash: Uint8Array
  readonly now: number
  readonly spend: boolean
}

/** What the invite gives, or undefined where it gives nothing (any more). */
export function useInvite(sql: Sql, { hash, now, spend }: InviteUse): InviteGrant | undefined {
  const row = sql.get<{ operator: number }>(
    'SELECT operator FROM invite WHERE hash = ? AND uses_left > 0 AND expires_at > ?',
    hash,
    now,
  )
  if (row === undefined) return undefined
  if (spend) {
    sql.run('UPDATE invite SET uses_left = uses_left - 1 WHERE hash = ?', hash)
    sql.run('DELETE FROM invite WHERE uses_left <= 0 OR expires_at <= ?', now)
  }
  return { operator: row.operator === 1 }
}

interface InviteGrant {
  readonly operator: boolean
}

function createInvite({ sql, now }: OperationContext, invite: NewInvite): void {
  sql.run('DELETE FROM invite WHERE expires_at <= ?', now)
  sql.run(
    `INSERT INTO invite (hash, id, uses_left, created_at, expires_at, operator)
     VALUES (?, ?, ?, ?, ?, ?)`,
    invite.hash,
    invite.id,
    invite.uses,
    now,
    invite.expiresAt,
    invite.operator ? 1 : 0,
  )
}

function revokeInvite(
  { sql }: OperationContext,
  { id, hash }: { readonly id: string; readonly hash: Uint8Array | undefined },
): boolean {
  return sql.run('DELETE FROM invite WHERE id = ? OR hash = ?', id, hash ?? null) === 1
}

/** False where somebody registered already. Codes are not kept, so each start makes a new one. */
function replaceFirstInvite(context: OperationContext, invite: NewInvite): boolean {
  const { sql } = context
  if (sql.get('SELECT 1 FROM account LIMIT 1') !== undefined) return false
  sql.run('DELETE FROM invite WHERE operator = 1')
  createInvite(context, invite)
  return true
}
