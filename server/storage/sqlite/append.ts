// The append: plan first, write after, so that a refusal has nothing to undo.

import type { AppendItem, RefusedReason } from '../../../src/protocol/frames.ts'
import { type AccountId, idToBytes, type LogId } from '../../../src/protocol/ids.ts'
import type { Appended, AppendOutcome, AppendRequest } from '../log-port.ts'
import { currentListVersion } from './directory-operations.ts'
import type { Sql } from './open.ts'
import type { LogQuota, OperationContext } from './operation.ts'

interface LogState {
  readonly number: number
  readonly shared: number
  epoch: number
  head: number
  entries: number
  bytes: number
}

interface Write {
  readonly item: AppendItem
  readonly client: Uint8Array
  readonly log: LogState
  readonly seq: number
}

/** What one append will do, while it is being checked. */
interface Plan {
  readonly logs: Map<LogId, LogState>
  readonly writes: Write[]
  readonly results: Appended[]
}

type Refused = Extract<AppendOutcome, { kind: 'refused' }>

const refused = (reason: RefusedReason, accounts: readonly AccountId[] = []): Refused => ({
  kind: 'refused',
  reason,
  accounts,
})

export function append(context: OperationContext, request: AppendRequest): AppendOutcome {
  const device = idToBytes(request.device)
  const plan: Plan = { logs: new Map(), writes: [], results: [] }
  for (const item of request.items) {
    const reason = planItem(context, plan, { item, device })
    if (reason !== undefined) return refused(reason)
  }
  if (plan.writes.length > 0) {
    // After the search for what is stored already: a retry is answered as the first time.
    const stale = staleLists(context.sql, request)
    if (stale.length > 0) return refused('stale_devices', stale)
    write(context, plan, { account: idToBytes(request.account), device })
  }
  return { kind: 'appended', results: plan.results }
}

function planItem(
  { sql, now, quota }: OperationContext,
  plan: Plan,
  { item, device }: { readonly item: AppendItem; readonly device: Uint8Array },
): RefusedReason | undefined {
  const log = plan.logs.get(item.log) ?? logState(sql, item.log)
  if (log === undefined) return 'unknown_log'
  plan.logs.set(item.log, log)
  const client = idToBytes(item.clientId)
  const known = storedAt(sql, { client, device, log: log.number })
  if (known !== undefined) {
    plan.results.push({ log: item.log, seq: known.seq, at: known.at, fresh: false })
    return undefined
  }
  const twin = plan.writes.find(
    (other) => other.log === log && other.item.clientId === item.clientId,
  )
  if (twin !== undefined) {
    plan.results.push({ log: item.log, seq: twin.seq, at: now, fresh: false })
    return undefined
  }
  const reason = mayWrite(sql, { log, device, item, quota })
  if (reason !== undefined) return reason
  log.head += 1
  log.entries += 1
  log.bytes += item.body.length
  if (item.expectedEpoch !== undefined) log.epoch += 1
  plan.writes.push({ item, client, log, seq: log.head })
  plan.results.push({ log: item.log, seq: log.head, at: now, fresh: true })
  return undefined
}

interface Question {
  readonly log: LogState
  readonly device: Uint8Array
  readonly item: AppendItem
  readonly quota: LogQuota
}

function mayWrite(sql: Sql, { log, device, item, quota }: Question): RefusedReason | undefined {
  if (log.shared === 1) {
    // Who may not read a group may not write to it.
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

function write(
  { sql, now }: OperationContext,
  plan: Plan,
  sender: { readonly account: Uint8Array; readonly device: Uint8Array },
): void {
  for (const { item, client, log, seq } of plan.writes) {
    sql.run(
      'INSERT INTO entry (log, seq, at, account, device, client, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
      log.number,
      seq,
      now,
      sender.account,
      sender.device,
      client,
      item.body,
    )
    sql.run(
      'INSERT INTO stored (client, device, log, seq, at, kept) VALUES (?, ?, ?, ?, ?, ?)',
      client,
      sender.device,
      log.number,
      seq,
      now,
      now,
    )
  }
  for (const log of plan.logs.values()) {
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

const logState = (sql: Sql, log: LogId): LogState | undefined =>
  sql.get<LogState>(
    'SELECT number, shared, epoch, head, entries, bytes FROM log WHERE id = ?',
    idToBytes(log),
  )

const storedAt = (
  sql: Sql,
  key: { readonly client: Uint8Array; readonly device: Uint8Array; readonly log: number },
): { readonly seq: number; readonly at: number } | undefined =>
  sql.get(
    'SELECT seq, at FROM stored WHERE client = ? AND device = ? AND log = ?',
    key.client,
    key.device,
    key.log,
  )

const isReader = (sql: Sql, log: number, device: Uint8Array): boolean =>
  sql.get('SELECT 1 FROM reader WHERE log = ? AND device = ?', log, device) !== undefined

/** Only a newer list than the sender knew refuses: an older one is the sender's to judge. */
const staleLists = (sql: Sql, request: AppendRequest): readonly AccountId[] =>
  request.lists
    .filter(({ account, version }) => (currentListVersion(sql, account) ?? 0) > version)
    .map(({ account }) => account)
