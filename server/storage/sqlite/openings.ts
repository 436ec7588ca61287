// Which opening of a device's profile is the newest: an older generation, or the same one opened by
// somebody else, is a copy or a rollback (L4).

import { type DeviceId, idToBytes, type LogId } from '../../../src/protocol/ids.ts'
import type { OpenOutcome, OpenRequest, Position } from '../log-port.ts'
import type { Sql } from './open.ts'

type Opening = Pick<OpenRequest, 'generation' | 'opening'>

export const readOpening = (sql: Sql, device: DeviceId): Opening | undefined =>
  sql.get<Opening>('SELECT generation, opening FROM opening WHERE device = ?', idToBytes(device))

export const isOlder = (last: Opening | undefined, { generation, opening }: Opening): boolean =>
  last !== undefined &&
  (generation < last.generation ||
    (generation === last.generation && Buffer.compare(last.opening, opening) !== 0))

export const positionOf = (
  sql: Sql,
  { device, log }: { readonly device: DeviceId; readonly log: LogId },
): Position | undefined =>
  sql.get<Position>(
    `SELECT reader.cursor, log.head FROM log JOIN reader ON reader.log = log.number
     WHERE log.id = ? AND reader.device = ?`,
    idToBytes(log),
    idToBytes(device),
  )

/** Openings that a full disk did not take. Whoever may read goes on reading; a copy is found out
 *  all the same, as long as this process lives. */
export class UnwrittenOpenings {
  readonly #newest = new Map<DeviceId, Opening>()

  isOlder(request: OpenRequest): boolean {
    return isOlder(this.#newest.get(request.device), request)
  }

  written({ device }: OpenRequest): void {
    this.#newest.delete(device)
  }

  open(sql: Sql, request: OpenRequest): OpenOutcome {
    const { device } = request
    const position = positionOf(sql, { device, log: device as string as LogId })
    if (position === undefined) return { kind: 'unknown' }
    if (isOlder(readOpening(sql, device), request)) return { kind: 'rolled_back' }
    this.#newest.set(device, request)
    return { kind: 'opened', ...position }
  }
}
