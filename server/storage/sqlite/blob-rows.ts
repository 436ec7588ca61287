// Who owns which blob and until when; the bytes lie elsewhere.

import { type AccountId, type BlobId, idFromBytes, idToBytes } from '../../../src/protocol/ids.ts'
import type { BlobOutcome, NewBlob } from '../directory-port.ts'
import type { OperationContext } from './operation.ts'

export const blobOperations = { createBlob, completeBlob, deleteBlob, takeExpiredBlobs }

function createBlob({ sql }: OperationContext, blob: NewBlob): BlobOutcome {
  const owner = idToBytes(blob.owner)
  const used = sql.get<{ count: number; bytes: number | null }>(
    'SELECT count(*) AS count, sum(size) AS bytes FROM blob WHERE owner = ?',
    owner,
  )
  if ((used?.count ?? 0) >= blob.quota.count) return 'quota'
  if ((used?.bytes ?? 0) + blob.size > blob.quota.bytes) return 'quota'
  sql.run(
    'INSERT INTO blob (id, owner, size, expires_at) VALUES (?, ?, ?, ?)',
    idToBytes(blob.blob),
    owner,
    blob.size,
    blob.expiresAt,
  )
  return 'created'
}

function completeBlob(
  { sql }: OperationContext,
  { blob, expiresAt }: { readonly blob: BlobId; readonly expiresAt: number },
): boolean {
  return (
    sql.run(
      'UPDATE blob SET complete = 1, expires_at = ? WHERE id = ?',
      expiresAt,
      idToBytes(blob),
    ) === 1
  )
}

function deleteBlob(
  { sql }: OperationContext,
  { blob, owner }: { readonly blob: BlobId; readonly owner: AccountId },
): boolean {
  return (
    sql.run('DELETE FROM blob WHERE id = ? AND owner = ?', idToBytes(blob), idToBytes(owner)) === 1
  )
}

function takeExpiredBlobs({ sql, now }: OperationContext, limit: number): readonly BlobId[] {
  return sql
    .all<{ id: Uint8Array }>(
      `DELETE FROM blob WHERE id IN
         (SELECT id FROM blob WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
       RETURNING id`,
      now,
      limit,
    )
    .map((row) => idFromBytes<BlobId>(row.id))
}
