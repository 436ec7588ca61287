// Prekeys: a one-time key leaves the table in the statement that hands it out, so that no two
// claims ever see it (threat R6).

import { type DeviceId, idToBytes } from '../../../src/protocol/ids.ts'
import { MAX_ONE_TIME_PREKEYS } from '../../../src/protocol/limits.ts'
import type { Prekey, PrekeyKind, PrekeyUpload } from '../../../src/protocol/prekeys.ts'
import type { Claimed, ClaimPrekeys, PrekeyCounts, PutPrekeys } from '../directory-port.ts'
import type { Sql } from './open.ts'
import type { OperationContext } from './operation.ts'

export const prekeyOperations = { putPrekeys, claimPrekeys, sweepSpentPrekeys }

/** Bytes of a signature that name its key in the list of spent ones. */
const MARK_BYTES = 16
/** An upload is not repeated after a month: the client gives up or makes new keys long before. */
const SPENT_DAYS = 30
const DAY_MS = 24 * 3_600_000

type OneTime = 'curve-one-time' | 'kem-one-time'

interface PrekeyRow {
  readonly id: number
  readonly key: Uint8Array
  readonly created_at: number
  readonly signature: Uint8Array
}

const prekeyOf = (row: PrekeyRow): Prekey => ({
  id: row.id,
  key: row.key,
  createdAt: row.created_at,
  signature: row.signature,
})

function putPrekeys({ sql }: OperationContext, request: PutPrekeys): PrekeyCounts | undefined {
  const id = idToBytes(request.device)
  if (sql.get('SELECT 1 FROM device WHERE id = ?', id) === undefined) return undefined
  if (request.replace) sql.run('DELETE FROM one_time_prekey WHERE device = ?', id)
  putUpload(sql, request.device, request.upload)
  return countsOf(sql, request.device)
}

export function putUpload(sql: Sql, device: DeviceId, upload: PrekeyUpload): void {
  if (upload.curveSigned) putStanding(sql, device, 'curve-signed', upload.curveSigned)
  if (upload.kemLastResort) putStanding(sql, device, 'kem-last-resort', upload.kemLastResort)
  putOneTime(sql, device, { kind: 'curve-one-time', keys: upload.curveOneTime })
  putOneTime(sql, device, { kind: 'kem-one-time', keys: upload.kemOneTime })
}

export const countsOf = (sql: Sql, device: DeviceId): PrekeyCounts => ({
  curve: countOf(sql, device, 'curve-one-time'),
  kem: countOf(sql, device, 'kem-one-time'),
})

const countOf = (sql: Sql, device: DeviceId, kind: OneTime): number =>
  sql.get<{ count: number }>(
    'SELECT count(*) AS count FROM one_time_prekey WHERE device = ? AND kind = ?',
    idToBytes(device),
    kind,
  )?.count ?? 0

function putStanding(sql: Sql, device: DeviceId, kind: PrekeyKind, prekey: Prekey): void {
  sql.run(
    `INSERT INTO standing_prekey (device, kind, id, key, created_at, signature)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (device, kind) DO UPDATE SET id = excluded.id, key = excluded.key,
       created_at = excluded.created_at, signature = excluded.signature`,
    idToBytes(device),
    kind,
    prekey.id,
    prekey.key,
    prekey.createdAt,
    prekey.signature,
  )
}

/** Over the limit the newest are left out; the answer's counts tell the client. */
function putOneTime(
  sql: Sql,
  device: DeviceId,
  { kind, keys }: { readonly kind: OneTime; readonly keys: readonly Prekey[] },
): void {
  const id = idToBytes(device)
  let room = MAX_ONE_TIME_PREKEYS - countOf(sql, device, kind)
  for (const prekey of keys) {
    if (room <= 0) return
    const spent = sql.get(
      'SELECT 1 FROM spent_prekey WHERE device = ? AND mark = ?',
      id,
      markOf(prekey),
    )
    if (spent !== undefined) continue
    room -= sql.run(
      `INSERT INTO one_time_prekey (device, kind, id, key, created_at, signature)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      id,
      kind,
      prekey.id,
      prekey.key,
      prekey.createdAt,
      prekey.signature,
    )
  }
}

function claimPrekeys(
  { sql, now }: OperationContext,
  { account, devices }: ClaimPrekeys,
): readonly Claimed[] {
  const day = Math.floor(now / DAY_MS)
  const claimed: Claimed[] = []
  for (const device of new Set(devices)) {
    const owned = sql.get(
      'SELECT 1 FROM device WHERE id = ? AND account = ?',
      idToBytes(device),
      idToBytes(account),
    )
    if (owned === undefined) continue
    const curveSigned = standing(sql, device, 'curve-signed')
    const lastResort = standing(sql, device, 'kem-last-resort')
    if (curveSigned === undefined || lastResort === undefined) continue
    const curveOneTime = takeOneTime(sql, device, { kind: 'curve-one-time', day })
    const kemOneTime = takeOneTime(sql, device, { kind: 'kem-one-time', day })
    const bundle = {
      device,
      curveSigned,
      ...(curveOneTime && { curveOneTime }),
      kem: kemOneTime ?? lastResort,
      kemKind: kemOneTime ? ('kem-one-time' as const) : ('kem-last-resort' as const),
    }
    claimed.push({ bundle, left: countsOf(sql, device) })
  }
  return claimed
}

function sweepSpentPrekeys({ sql, now }: OperationContext, _args: undefined): number {
  return sql.run(
    'DELETE FROM spent_prekey WHERE spent_day < ?',
    Math.floor(now / DAY_MS) - SPENT_DAYS,
  )
}

function standing(sql: Sql, device: DeviceId, kind: PrekeyKind): Prekey | undefined {
  const row = sql.get<PrekeyRow>(
    'SELECT id, key, created_at, signature FROM standing_prekey WHERE device = ? AND kind = ?',
    idToBytes(device),
    kind,
  )
  return row && prekeyOf(row)
}

function takeOneTime(
  sql: Sql,
  device: DeviceId,
  { kind, day }: { readonly kind: OneTime; readonly day: number },
): Prekey | undefined {
  const id = idToBytes(device)
  const row = sql.get<PrekeyRow>(
    `DELETE FROM one_time_prekey WHERE place =
       (SELECT place FROM one_time_prekey WHERE device = ? AND kind = ? ORDER BY id LIMIT 1)
     RETURNING id, key, created_at, signature`,
    id,
    kind,
  )
  if (row === undefined) return undefined
  const prekey = prekeyOf(row)
  sql.run(
    'INSERT INTO spent_prekey (device, mark, spent_day) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    id,
    markOf(prekey),
    day,
  )
  return prekey
}

const markOf = (prekey: Prekey): Uint8Array => prekey.signature.subarray(0, MARK_BYTES)
