// The directory as the rest of the server sees it: what is published is verified before it is
// stored, devices are cached, and whoever must know of a change is told after the commit.

import { equalPublic } from '../src/protocol/bytes.ts'
import { decode } from '../src/protocol/codec.ts'
import {
  type DeviceListBody,
  type DeviceRecord,
  deviceListBody,
  type SignedDeviceList,
} from '../src/protocol/device-list.ts'
import type { Env } from '../src/protocol/env.ts'
import type { AccountId, BlobId, DeviceId } from '../src/protocol/ids.ts'
import { LOW_ONE_TIME_PREKEYS } from '../src/protocol/limits.ts'
import type { PrekeyUpload } from '../src/protocol/prekeys.ts'
import { checkDeviceList, verifyPrekeys } from './signatures.ts'
import type {
  Claimed,
  ClaimPrekeys,
  DirectoryDevice,
  DirectoryStorage,
  ListChange,
  ListOutcome,
  NewDevice,
  PrekeyCounts,
} from './storage/directory-port.ts'

export type DirectoryEvent =
  /** Removed, disabled or deleted: their connections and tokens end now. */
  | { readonly kind: 'devicesGone'; readonly devices: readonly DeviceId[] }
  | { readonly kind: 'devicesChanged'; readonly account: AccountId; readonly version: number }
  | { readonly kind: 'prekeysLow'; readonly device: DeviceId; readonly left: PrekeyCounts }

/** A device is needed at every login and request: this many answer without the database. */
const CACHED_DEVICES = 20_000
const DAY_MS = 24 * 3_600_000

export const dayOf = (time: number): number => Math.floor(time / DAY_MS)

type PublishOutcome = ListOutcome | 'bad_list'

export class Directory {
  readonly storage: DirectoryStorage
  readonly #env: Env
  readonly #devices = new Map<DeviceId, DirectoryDevice>()
  readonly #seen = new Map<DeviceId, number>()
  readonly #listeners = new Set<(event: DirectoryEvent) => void>()
  /** Counts what could have made a read under way stale. */
  #changes = 0

  constructor(storage: DirectoryStorage, env: Env) {
    this.storage = storage
    this.#env = env
  }

  /** Returns what stops it. */
  onEvent(listener: (event: DirectoryEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async device(id: DeviceId): Promise<DirectoryDevice | undefined> {
    const known = this.#devices.get(id)
    if (known !== undefined) return known
    const changes = this.#changes
    const found = await this.storage.device(id)
    if (found !== undefined && changes === this.#changes) {
      const oldest = this.#devices.keys().next()
      if (this.#devices.size >= CACHED_DEVICES && !oldest.done) this.#devices.delete(oldest.value)
      this.#devices.set(id, found)
    }
    return found
  }

  disabledDevice(id: DeviceId): Promise<DirectoryDevice | undefined> {
    return this.storage.disabledDevice(id)
  }

  prekeyCounts(device: DeviceId): Promise<PrekeyCounts> {
    return this.storage.prekeyCounts(device)
  }

  restored(): Promise<{ readonly mark: number }> {
    return this.storage.restored()
  }

  /** Written once a day and device: the day is all that is kept of when somebody was here. */
  async seen(device: DeviceId): Promise<void> {
    const day = dayOf(this.#env.now())
    if (this.#seen.get(device) === day) return
    if (this.#seen.size >= CACHED_DEVICES) this.#seen.clear()
    this.#seen.set(device, day)
    await this.storage.seen(device, day)
  }

  async publish(account: AccountId, list: SignedDeviceList): Promise<PublishOutcome> {
    const row = await this.storage.account(account)
    if (row === undefined) return 'conflict'
    const [newest, ...rest] = await this.storage.listsAfter(account, row.listVersion - 1, 2)
    if (newest === undefined || rest.length > 0) return 'conflict'
    if (Buffer.compare(newest.body, list.body) === 0) return 'repeated'
    const { identityKey } = row
    const next = checkDeviceList({ account, identityKey, previous: newest, list })
    const change = next && differenceOf(decode(deviceListBody, newest.body), next)
    if (next === undefined || change === undefined) return 'bad_list'
    const day = dayOf(this.#env.now())
    const { version } = next
    const outcome = await this.storage.appendList({ account, version, list, day, ...change })
    if (outcome !== 'appended') return outcome
    this.#gone(change.remove)
    this.#tell({ kind: 'devicesChanged', account, version })
    return outcome
  }

  async putPrekeys(
    device: DeviceId,
    upload: PrekeyUpload & { readonly replace: boolean },
  ): Promise<PrekeyCounts | 'bad_prekeys' | undefined> {
    const signingKey = (await this.device(device))?.signingKey
    if (signingKey === undefined) return undefined
    if (!(await verifyPrekeys(device, signingKey, upload))) return 'bad_prekeys'
    const { replace, ...keys } = upload
    return this.storage.putPrekeys({ device, upload: keys, replace })
  }

  async claim(request: ClaimPrekeys): Promise<readonly Claimed[]> {
    const claimed = await this.storage.claimPrekeys(request)
    for (const { bundle, left } of claimed) {
      // Once at the threshold, not at each claim below it: what a device has it learns at login.
      const low = left.curve === LOW_ONE_TIME_PREKEYS - 1 || left.kem === LOW_ONE_TIME_PREKEYS - 1
      if (low) this.#tell({ kind: 'prekeysLow', device: bundle.device, left })
    }
    return claimed
  }

  async setDisabled(account: AccountId, disabled: boolean): Promise<boolean> {
    const changed = await this.storage.setDisabled(account, disabled)
    if (changed && disabled) this.#gone(await this.storage.devicesOf(account))
    return changed
  }

  /** The blobs whose bytes are to be deleted now; undefined where there was no such account. */
  async deleteAccount(account: AccountId): Promise<readonly BlobId[] | undefined> {
    const deleted = await this.storage.deleteAccount(account)
    if (deleted !== undefined) this.#gone(deleted.devices)
    return deleted?.blobs
  }

  #gone(devices: readonly DeviceId[]): void {
    this.#changes += 1
    for (const device of devices) {
      this.#devices.delete(device)
      this.#seen.delete(device)
    }
    if (devices.length > 0) this.#tell({ kind: 'devicesGone', devices })
  }

  #tell(event: DirectoryEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

type Difference = Pick<ListChange, 'add' | 'remove'>

/** Undefined where a device that stays has other keys: a device is its keys. */
function differenceOf(before: DeviceListBody, after: DeviceListBody): Difference | undefined {
  const old = new Map(before.devices.map((record) => [record.device, record]))
  const add: NewDevice[] = []
  for (const record of after.devices) {
    const known = old.get(record.device)
    old.delete(record.device)
    if (known === undefined) add.push({ device: record.device, signingKey: record.signingKey })
    else if (!isSameDevice(known, record)) return undefined
  }
  return { add, remove: [...old.keys()] }
}

const isSameDevice = (a: DeviceRecord, b: DeviceRecord): boolean =>
  equalPublic(a.signingKey, b.signingKey) && equalPublic(a.agreementKey, b.agreementKey)
