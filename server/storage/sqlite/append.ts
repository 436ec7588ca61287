// The append: everything that can refuse it is asked before the first write, so that a refusal
// has nothing to undo.

import type { RefusedReason } from '../../../src/protocol/frames.ts'
import { type AccountId, idFromBytes } from '../../../src/protocol/ids.ts'
import { currentListVersion } from './directory-operations.ts'
import type { LogState } from './memory.ts'
import type { LogQuota, OperationContext } from './operation.ts'
import type { PackedAppend, PackedItem } from './packed.ts'

/** One result per item, in the items' order. */
export type AppendResult =
  | readonly AppendedItem[]
  | { readonly reason: RefusedReason; readonly accounts: readonly AccountId[] }

interface AppendedItem {
  readonly seq: number
  readonly at: number
  readonly fresh: boolean
}

interface Target {
  readonly item: PackedItem
  readonly log: LogState
}

export function append(context: OperationContext, request: PackedAppend): AppendResult {
  const targets: Target[] = []
  for (const item of request.items) {
    const log = context.memory.log(context.sql, item.log)
    if (log === undefined) return { reason: 'unknown_log', accounts: [] }
    const target = { item, log }
    const reason =
      whyNot(context, request, target) ?? overfull(context, request, { targets, target })
    // A retry is answered as the first time, whatever would refuse it now.
    if (reason !== undefined && storedAs(context, request, target) === undefined) {
      return { reason, accounts: [] }
    }
    targets.push(target)
  }
  const stale = staleLists(context, request)
  const isNew = (target: Target) => storedAs(context, request, target) === undefined
  if (stale.length > 0 && targets.some(isNew)) return { reason: 'stale_devices', accounts: stale }
  // Refused as one: the second of two commits for one epoch can only come with the first.
  if (repeatsEpoch(request.items)) return { reason: 'epoch_conflict', accounts: [] }
  return targets.map((target) => write(context, request, target))
}

function whyNot(
  { sql }: OperationContext,
  { device }: PackedAppend,
  { item, log }: Target,
): RefusedReason | undefined {
  if (log.shared === 1) {
    // Who may not read a group may not write to it, nor learn that it is there.
    const reader = sql.get('SELECT 1 FROM reader WHERE log = ? AND device = ?', log.number, device)
    if (reader === undefined) return 'unknown_log'
    if (item.expectedEpoch !== undefined && item.expectedEpoch !== log.epoch) {
      return 'epoch_conflict'
    }
  } else if (item.expectedEpoch !== undefined) {
    return 'not_allowed'
  }
  return undefined
}

/** Of a log that is half full one account may hold a quarter: no flood shuts the others out. */
const CROWDED = 1 / 2
const SHARE = 1 / 4

/** `targets`: items of the same append, which are not counted in the log yet. */
function overfull(
  { sql, quota, memory }: OperationContext,
  { account }: PackedAppend,
  { targets, target }: { readonly targets: readonly Target[]; readonly target: Target },
): RefusedReason | undefined {
  const { item, log } = target
  let entries = 1
  let bytes = item.body.length
  for (const other of targets) {
    if (other.log !== log) continue
    entries += 1
    bytes += other.item.body.length
  }
  const exceeds = (held: LogQuota, part: number): boolean =>
    held.entries + entries > quota.entries * part || held.bytes + bytes > quota.bytes * part
  if (exceeds(log, 1)) return 'quota'
  if (!exceeds(log, CROWDED)) return undefined
  return exceeds(memory.share(sql, log, account), SHARE) ? 'quota' : undefined
}

function repeatsEpoch(items: readonly PackedItem[]): boolean {
  if (items.length === 1) return false
  const logs = items.filter((item) => item.expectedEpoch !== undefined).map((item) => item.log)
  return logs.some((log, index) => logs.findIndex((other) => other.equals(log)) !== index)
}

function write(
  context: OperationContext,
  { account, device }: PackedAppend,
  { item, log }: Target,
): AppendedItem {
  const { sql, now, memory } = context
  const seq = log.head + 1
  const fresh = sql.run(
    `INSERT INTO stored (client, device, log, seq, at, kept) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    item.clientId,
    device,
    log.number,
    seq,
    now,
    now,
  )
  if (fresh === 0) {
    const known = storedAs(context, { device }, { item, log })
    if (known === undefined) throw new Error('neither stored nor storable')
    return { ...known, fresh: false }
  }
  sql.run(
    'INSERT INTO entry (log, seq, at, account, device, client, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    log.number,
    seq,
    now,
    account,
    device,
    item.clientId,
    item.body,
  )
  log.head = seq
  log.entries += 1
  log.bytes += item.body.length
  if (item.expectedEpoch !== undefined) log.epoch += 1
  memory.changed(log)
  memory.added(log, account, item.body.length)
  return { seq, at: now, fresh: true }
}

const storedAs = (
  { sql }: OperationContext,
  { device }: Pick<PackedAppend, 'device'>,
  { item, log }: Target,
): { readonly seq: number; readonly at: number } | undefined =>
  sql.get(
    'SELECT seq, at FROM stored WHERE client = ? AND device = ? AND log = ?',
    item.clientId,
    device,
    log.number,
  )

/** Only a newer list than the sender knew refuses: an older one is the sender's to judge. */
function staleLists({ sql, memory }: OperationContext, request: PackedAppend): AccountId[] {
  const stale: AccountId[] = []
  for (const { account, version } of request.lists) {
    const newest = memory.listVersion(account, () =>
      currentListVersion(sql, idFromBytes<AccountId>(account)),
    )
    if (newest > version) stale.push(idFromBytes<AccountId>(account))
  }
  return stale
}
