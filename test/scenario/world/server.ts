// A model of the server: logs with sequences, idempotent atomic appends, a directory. As small as
// its contract, so that what a run finds is the client's.

import { type DirectoryAccount, DirectoryError } from '../../../src/client/directory.ts'
import type { Appended } from '../../../src/client/driver.ts'
import type { DeviceListHead, SignedDeviceList } from '../../../src/protocol/device-list.ts'
import type { Entry, RefusedReason } from '../../../src/protocol/frames.ts'
import type { AccountId, DeviceId, LogId } from '../../../src/protocol/ids.ts'
import type { AccountName } from '../../../src/protocol/names.ts'
import type { Prekey, PrekeyBundle, PrekeyUpload } from '../../../src/protocol/prekeys.ts'
import type { OutboxRow } from '../../../src/store/port.ts'

export interface Account extends DirectoryAccount {
  readonly lists: SignedDeviceList[]
  head: DeviceListHead
}

interface Shelf {
  curveSigned: Prekey | undefined
  kemLastResort: Prekey | undefined
  curve: Prekey[]
  kem: Prekey[]
}

export type Answer =
  | { readonly kind: 'appended'; readonly results: readonly Appended[] }
  | {
      readonly kind: 'refused'
      readonly reason: RefusedReason
      readonly accounts: readonly AccountId[]
      readonly retryAfter: number
    }

/** All that goes back with a server's folder, but its accounts: nobody unknown appears in a run. */
export interface Data {
  readonly logs: Map<LogId, Entry[]>
  readonly acked: Map<LogId, number>
  readonly heads: Map<LogId, number>
  readonly appends: Map<string, Appended>
  readonly shelves: Map<DeviceId, Shelf>
}

/** As far as `sotto server restore` leaps over numbers that may have been given out. */
const RESTORE_LEAP = 2 ** 32

export class ModelServer {
  readonly accounts = new Map<AccountId, Account>()
  #data: Data = {
    logs: new Map(),
    acked: new Map(),
    heads: new Map(),
    appends: new Map(),
    shelves: new Map(),
  }
  /** Another number after each restore. */
  restored = 0
  /** Until then every append is refused as too many. */
  busyUntil = 0

  addAccount(account: DirectoryAccount, list: SignedDeviceList, head: DeviceListHead): void {
    this.accounts.set(account.account, { ...account, lists: [list], head })
  }

  publish(account: AccountId, list: SignedDeviceList, head: DeviceListHead): void {
    const found = this.accounts.get(account)
    if (found === undefined) throw new Error('no such account')
    found.lists.push(list)
    found.head = head
  }

  append(from: { account: AccountId; device: DeviceId }, row: OutboxRow, now: number): Answer {
    const again = row.items.map((item) => this.#data.appends.get(`${from.device} ${item.clientId}`))
    if (again.every((result) => result !== undefined)) return { kind: 'appended', results: again }
    if (now < this.busyUntil) {
      const retryAfter = this.busyUntil - now
      return { kind: 'refused', reason: 'rate_limited', accounts: [], retryAfter }
    }
    const stale = row.lists
      .filter(({ account, version }) => version !== this.accounts.get(account)?.head.version)
      .map(({ account }) => account)
    if (stale.length > 0) {
      return { kind: 'refused', reason: 'stale_devices', accounts: stale, retryAfter: 0 }
    }
    const results = row.items.map(({ log, clientId, body }) => {
      const known = this.#data.appends.get(`${from.device} ${clientId}`)
      if (known !== undefined) return known
      const seq = (this.#data.heads.get(log) ?? 0) + 1
      this.#data.heads.set(log, seq)
      const entries = this.#data.logs.get(log) ?? []
      entries.push({ ...from, seq, clientId, at: now, body })
      this.#data.logs.set(log, entries)
      const result = { log, seq, at: now }
      this.#data.appends.set(`${from.device} ${clientId}`, result)
      return result
    })
    return { kind: 'appended', results }
  }

  /** What an acknowledged reader has is gone from here. */
  ack(log: LogId, upTo: number): void {
    const reached = Math.min(upTo, this.#data.heads.get(log) ?? 0)
    this.#data.acked.set(log, Math.max(reached, this.#data.acked.get(log) ?? 0))
    const entries = this.#data.logs.get(log) ?? []
    this.#data.logs.set(
      log,
      entries.filter((entry) => entry.seq > reached),
    )
  }

  copy(): Data {
    return structuredClone(this.#data)
  }

  /** An older copy of the folder, put back by hand: nothing in it says so. */
  goBack(data: Data): void {
    this.#data = structuredClone(data)
  }

  /** A backup, put back as the operator is told to. */
  restore(data: Data): void {
    this.goBack(data)
    for (const [log, head] of this.#data.heads) this.#data.heads.set(log, head + RESTORE_LEAP)
    for (const shelf of this.#data.shelves.values()) Object.assign(shelf, { curve: [], kem: [] })
    this.restored += 1
  }

  position(log: LogId): { readonly cursor: number; readonly head: number } {
    return { cursor: this.#data.acked.get(log) ?? 0, head: this.#data.heads.get(log) ?? 0 }
  }

  waiting(log: LogId): readonly Entry[] {
    return this.#data.logs.get(log) ?? []
  }

  counts(device: DeviceId): { readonly curve: number; readonly kem: number } {
    const shelf = this.#data.shelves.get(device)
    return { curve: shelf?.curve.length ?? 0, kem: shelf?.kem.length ?? 0 }
  }

  upload(device: DeviceId, upload: PrekeyUpload, replace: boolean): void {
    const shelf = this.#data.shelves.get(device)
    const kept = replace ? undefined : shelf
    const anew = (old: readonly Prekey[] | undefined, added: readonly Prekey[]): Prekey[] => [
      ...(old ?? []),
      ...added.filter((one) => !old?.some((other) => other.id === one.id)),
    ]
    this.#data.shelves.set(device, {
      curveSigned: upload.curveSigned ?? shelf?.curveSigned,
      kemLastResort: upload.kemLastResort ?? shelf?.kemLastResort,
      curve: anew(kept?.curve, upload.curveOneTime),
      kem: anew(kept?.kem, upload.kemOneTime),
    })
  }

  claim(devices: readonly DeviceId[]): readonly PrekeyBundle[] {
    return devices.flatMap((device) => {
      const shelf = this.#data.shelves.get(device)
      if (shelf?.curveSigned === undefined || shelf.kemLastResort === undefined) return []
      const curveOneTime = shelf.curve.shift()
      const kem = shelf.kem.shift()
      return [
        {
          device,
          curveSigned: shelf.curveSigned,
          ...(curveOneTime && { curveOneTime }),
          kem: kem ?? shelf.kemLastResort,
          kemKind: kem === undefined ? 'kem-last-resort' : 'kem-one-time',
        },
      ]
    })
  }

  lookup(name: AccountName): DirectoryAccount {
    for (const account of this.accounts.values()) if (account.name === name) return account
    throw new DirectoryError('not_found')
  }

  account(id: AccountId): Account {
    const found = this.accounts.get(id)
    if (found === undefined) throw new DirectoryError('not_found')
    return found
  }

  chain(id: AccountId, after: number): readonly SignedDeviceList[] {
    return this.account(id).lists.slice(after)
  }
}
