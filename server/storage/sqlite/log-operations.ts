// The logs' named operations. The append is apart: see append.ts and packed.ts.

import { type DeviceId, idToBytes, type LogId } from '../../../src/protocol/ids.ts'
import type { GroupRequest, OpenOutcome, OpenRequest, ReaderChange } from '../log-port.ts'
import type { Sql } from './open.ts'
import { isOlder, positionOf, readOpening } from './openings.ts'
import type { OperationContext } from './operation.ts'
import { sweepEntries, sweepStored } from './sweep.ts'
import { removeUpTo, trimGroup } from './trim.ts'

export interface Acknowledgement {
  readonly log: LogId
  readonly device: DeviceId
  readonly upTo: number
}

export const logOperations = {
  acknowledge,
  trimGroups,
  open,
  cursor: ({ sql }: OperationContext, place: { device: DeviceId; log: LogId }) =>
    positionOf(sql, place),
  createGroup,
  changeReaders,
  sweepEntries,
  sweepStored,
}

/** A mailbox has one reader, so that its entries go at once. */
function acknowledge(context: OperationContext, acks: readonly Acknowledgement[]): void {
  const { sql, memory } = context
  for (const { log, device, upTo } of acks) {
    const found = memory.log(sql, idToBytes(log))
    if (found === undefined) continue
    const reached = Math.min(upTo, found.head)
    const moved = sql.run(
      'UPDATE reader SET cursor = ? WHERE log = ? AND device = ? AND cursor < ?',
      reached,
      found.number,
      idToBytes(device),
      reached,
    )
    if (moved > 0 && found.shared === 0) removeUpTo(context, found, reached)
  }
}

/** After their readers' acknowledgements: to find the slowest is a walk through all of them. */
function trimGroups(context: OperationContext, logs: readonly LogId[]): void {
  for (const id of logs) {
    const log = context.memory.log(context.sql, idToBytes(id))
    if (log !== undefined) trimGroup(context, log)
  }
}

function open({ sql }: OperationContext, request: OpenRequest): OpenOutcome {
  const { device, generation, opening } = request
  const position = positionOf(sql, { device, log: device as string as LogId })
  if (position === undefined) return { kind: 'unknown' }
  const last = readOpening(sql, device)
  if (isOlder(last, request)) return { kind: 'rolled_back' }
  // The same once more: a connection that was lost.
  if (generation === last?.generation) return { kind: 'opened', ...position }
  sql.run(
    `INSERT INTO opening (device, generation, opening) VALUES (?, ?, ?)
     ON CONFLICT (device) DO UPDATE SET generation = excluded.generation, opening = excluded.opening`,
    idToBytes(device),
    generation,
    opening,
  )
  return { kind: 'opened', ...position }
}

function createGroup({ sql }: OperationContext, { log, readers }: GroupRequest): boolean {
  const id = idToBytes(log)
  const made = sql.run('INSERT INTO log (id, shared) VALUES (?, 1) ON CONFLICT DO NOTHING', id)
  if (made === 0) return false
  for (const device of readers) addReader(sql, id, device)
  return true
}

function changeReaders(context: OperationContext, change: ReaderChange): boolean {
  const { sql, memory } = context
  const id = idToBytes(change.log)
  const found = memory.log(sql, id)
  if (found?.shared !== 1) return false
  for (const device of change.remove) {
    sql.run('DELETE FROM reader WHERE log = ? AND device = ?', found.number, idToBytes(device))
  }
  for (const device of change.add) addReader(sql, id, device)
  trimGroup(context, found)
  return true
}

const addReader = (sql: Sql, log: Uint8Array, device: DeviceId): void => {
  sql.run(
    `INSERT INTO reader (log, device, cursor) SELECT number, ?, head FROM log WHERE id = ?
     ON CONFLICT DO NOTHING`,
    idToBytes(device),
    log,
  )
}
