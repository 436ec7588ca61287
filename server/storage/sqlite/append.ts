// The append: plan first, write after, so that a refusal has nothing to undo.

import type { RefusedReason } from '../../../src/protocol/frames.ts'
import { type AccountId, idFromBytes } from '../../../src/protocol/ids.ts'
import { currentListVersion } from './directory-operations.ts'
import type { Sql } from './open.ts'
import type { LogQuota, OperationContext } from './operation.ts'
import type { PackedAppend, PackedItem } from './packed.ts'

/** One result per item, in the items' order; small, for it crosses to another thread. */
export type AppendResult =
  | readonly PlannedItem[]
  | { readonly reason: RefusedReason; readonly accounts: readonly AccountId[] }

interface PlannedItem {
  readonly seq: number
  readonly at: number
  readonly fresh: boolean
}

interface LogState {
  readonly number: number
  readonly shared: number
  epoch: number
  head: number
  entries: number
  bytes: number
}

interface Write {
  readonly item: PackedItem
  readonly log: LogState
  readonly seq: number
}

/** What one append will do, while it is being checked. */
interface Plan {
  readonly logs: LogState[]
  readonly writes: Write[]
  readonly results: PlannedItem[]
}

export function append(context: OperationContext, request: PackedAppend): AppendResult {
  const plan: Plan = { logs: [], writes: [], results: [] }
  for (const item of request.items) {
    const reason = planItem(context, plan, { item, device: request.device })
    if (reason !== undefined) return { reason, accounts: [] }
  }
  if (plan.writes.length > 0) {
    // After the search for what is stored already: a retry is answered as the first time.
    const accounts = staleLists(context.sql, request)
    if (accounts.length > 0) return { reason: 'stale_devices', accounts }
    write(context, plan, request)
  }
  return plan.results
}

function planItem(
  { sql, now, quota }: OperationContext,
  plan: Plan,
  { item, device }: { readonly item: PackedItem; readonly device: Uint8Array },
): RefusedReason | undefined {
  const read = logState(sql, item.log)
  if (read === undefined) return 'unknown_log'
  const log = plan.logs.find(({ number }) => number === read.number) ?? read
  if (log === read) plan.logs.push(log)
  const known = knownAs(sql, plan, { item, device, log })
  if (known !== undefined) {
    plan.results.push({ ...known, fresh: false })
    return undefined
  }
  const reason = whyNot(sql, { log, device, item, quota })
  if (reason !== undefined) return reason
  log.head += 1
  log.entries += 1
  log.bytes += item.body.length
  if (item.expectedEpoch !== undefined) log.epoch += 1
  plan.writes.push({ item, log, seq: log.head })
  plan.results.push({ seq: log.head, at: now, fresh: true })
  return undefined
}

interface Place {
  readonly item: PackedItem
  readonly device: Uint8Array
  readonly log: LogState
}

/** Stored before, or named twice in this very append. */
function knownAs(
  sql: Sql,
  plan: Plan,
  { item, device, log }: Place,
): { readonly seq: number; readonly at: number } | undefined {
  const twin = plan.writes.find(
    (other) => other.log === log && Buffer.compare(other.item.clientId, item.clientId) === 0,
  )
  if (twin !== undefined) return plan.results.find((result) => result.seq === twin.seq)
  return sql.get(
    'SELECT seq, at FROM stored WHERE client = ? AND device = ? AND log = ?',
    item.clientId,
    device,
    log.number,
  )
}

function whyNot(
  sql: Sql,
  { log, device, item, quota }: Place & { readonly quota: LogQuota },
): RefusedReason | undefined {
  if (log.shared === 1) {
    // Who may not read a group may not write to it, nor learn that it is there.
    if (!isReader(sql, log.number, device)) return 'unknown_log'
    if (item.expectedEpoch !== undefined && item.expectedEpoch !== log.epoch) {
      return 'epoch_conflict'
    }
  } else if (item.expectedEpoch !== undefined) {
    return 'not_allowed'
  }
  const full = log.entries >= quota.entries || log.bytes + item.body.length > quota.bytes
  return full ? 'quota' : undefined
}

function write({ sql, now }: OperationContext, plan: Plan, sender: PackedAppend): void {
  for (const { item, log, seq } of plan.writes) {
    sql.run(
      'INSERT INTO entry (log, seq, at, account, device, client, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
      log.number,
      seq,
      now,
      sender.account,
      sender.device,
      item.clientId,
      item.body,
    )
    sql.run(
      'INSERT INTO stored (client, device, log, seq, at, kept) VALUES (?, ?, ?, ?, ?, ?)',
      item.clientId,
      sender.device,
      log.number,
      seq,
      now,
      now,
    )
  }
  for (const log of plan.logs) {
    sql.run(
      'UPDATE log SET epoch = ?, head = ?, entries = ?, bytes = ? WHERE number = ?',
      log.epoch,
      log.head,
      log.entries,
      log.bytes,
      log.number,
    )
  }
}

const logState = (sql: Sql, log: Uint8Array): LogState | undefined =>
  sql.get<LogState>('SELECT number, shared, epoch, head, entries, bytes FROM log WHERE id = ?', log)

const isReader = (sql: Sql, log: number, device: Uint8Array): boolean =>
  sql.get('SELECT 1 FROM reader WHERE log = ? AND device = ?', log, device) !== undefined

/** Only a newer list than the sender knew refuses: an older one is the sender's to judge. */
function staleLists(sql: Sql, request: PackedAppend): readonly AccountId[] {
  const stale: AccountId[] = []
  for (const { account, version } of request.lists) {
    const id = idFromBytes<AccountId>(account)
    if ((currentListVersion(sql, id) ?? 0) > version) stale.push(id)
  }
  return stale
}
