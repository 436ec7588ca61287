// Profiles as they are after registration, made once and copied for each run: identity, device
// list, first prekeys. The store is the real one, on SQLite in memory: a transaction that is
// rolled back here is rolled back by SQLite.

import Database from 'better-sqlite3-multiple-ciphers'
import { type Directory, DirectoryError } from '../../../src/client/directory.ts'
import { createDriver } from '../../../src/client/driver.ts'
import { headOf, signDeviceList } from '../../../src/crypto/device-list.ts'
import { accountFromSeed, deviceFromSeeds } from '../../../src/crypto/identity.ts'
import type { CryptoEnv } from '../../../src/crypto/primitives.ts'
import type { LocalDevice } from '../../../src/crypto/session.ts'
import type {
  DeviceListHead,
  DeviceRecord,
  SignedDeviceList,
} from '../../../src/protocol/device-list.ts'
import { type AccountId, type DeviceId, uuidV4 } from '../../../src/protocol/ids.ts'
import { type AccountName, parseAccountName } from '../../../src/protocol/names.ts'
import type { PrekeyUpload } from '../../../src/protocol/prekeys.ts'
import { Connection } from '../../../src/store/connection.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { held } from '../../../src/store/native.ts'
import type { Store } from '../../../src/store/port.ts'
import { MIGRATIONS } from '../../../src/store/schema.ts'
import { storeOver } from '../../../src/store/sqlite-store.ts'
import { Chance } from './chance.ts'
import { SealLog, testPrimitives } from './primitives.ts'

export const START = Date.UTC(2026, 10, 20)

export interface Profile {
  readonly name: AccountName
  readonly account: AccountId
  readonly identityKey: Uint8Array
  readonly local: LocalDevice
  readonly prekeys: PrekeyUpload
  readonly list: SignedDeviceList
  readonly head: DeviceListHead
  readonly database: Buffer
  /** Signs the account's next list; the primary device's alone. */
  readonly nextList: (devices: readonly DeviceRecord[]) => SignedDeviceList
  readonly record: DeviceRecord
}

/** So few that some runs come to the last-resort key. */
const FEW_PREKEYS = 3

const primitives = testPrimitives(new SealLog())

const UNREACHABLE: Directory = {
  lookup: () => Promise.reject(new DirectoryError('network')),
  account: () => Promise.reject(new DirectoryError('network')),
  deviceLists: () => Promise.reject(new DirectoryError('network')),
  claimPrekeys: () => Promise.reject(new DirectoryError('network')),
  uploadPrekeys: () => Promise.reject(new DirectoryError('network')),
}

export const recordOf = (local: LocalDevice): DeviceRecord => ({
  device: local.device,
  signingKey: local.signing.publicKey,
  agreementKey: local.agreement.publicKey,
  addedAt: START,
})

/** `accountSeed` says whose device it is, `deviceSeed` which; `as` takes another account's id. */
export function makeProfile(
  name: string,
  accountSeed: number,
  deviceSeed: number,
  as?: AccountId,
): Profile {
  const ofAccount = new Chance(accountSeed)
  const chance = new Chance(deviceSeed + 1_000)
  const own = uuidV4<AccountId>(ofAccount.bytes(16))
  const account = as ?? own
  const identity = accountFromSeed(primitives, account, ofAccount.bytes(32))
  const identityKey = identity.keys.publicKey
  const local = deviceFromSeeds(primitives, {
    account,
    accountKey: identityKey,
    device: uuidV4<DeviceId>(chance.bytes(16)),
    signingSeed: chance.bytes(32),
    agreementSeed: chance.bytes(32),
  })
  const record = recordOf(local)
  const first = { previous: undefined, issuedAt: START, devices: [record] }
  const list = signDeviceList(primitives, identity, first)
  const head = headOf(primitives, list)
  const parsed = parseAccountName(name)
  const { database, prekeys } = registered(parsed, local, chance)
  return {
    name: parsed,
    account,
    identityKey,
    local,
    record,
    list,
    head,
    prekeys,
    database,
    nextList: (devices) =>
      signDeviceList(primitives, identity, { previous: head, issuedAt: START, devices }),
  }
}

function registered(name: AccountName, local: LocalDevice, chance: Chance) {
  const raw = held(new Database(':memory:'))
  const connection = new Connection(raw)
  migrate(connection, MIGRATIONS)
  const store = storeOver(connection)
  store.transaction((tx) =>
    tx.putSelf({
      account: local.account,
      name,
      identityKey: local.accountKey,
      device: local.device,
      deviceName: `${name}'s`,
      server: 'model',
      serverKey: new Uint8Array(32),
      createdAt: START,
      registered: true,
    }),
  )
  const env: CryptoEnv = { primitives, now: () => START, random: (n) => chance.bytes(n) }
  const driver = createDriver({ store, directory: UNREACHABLE, env, local })
  const all = driver.firstPrekeys()
  driver.firstPrekeysUploaded()
  const curveOneTime = all.curveOneTime.slice(0, FEW_PREKEYS)
  const kemOneTime = all.kemOneTime.slice(0, FEW_PREKEYS)
  store.transaction((tx) => {
    for (const { id } of all.curveOneTime.slice(FEW_PREKEYS)) tx.deletePrekey('curve-one-time', id)
    for (const { id } of all.kemOneTime.slice(FEW_PREKEYS)) tx.deletePrekey('kem-one-time', id)
  })
  const prekeys = { ...all, curveOneTime, kemOneTime }
  const database = raw.serialize()
  raw.close()
  return { database, prekeys }
}

export const headOfList = (list: SignedDeviceList): DeviceListHead => headOf(primitives, list)

/** A store of its own, as the profile was after registration. */
export const copyOf = (profile: Profile): Store =>
  storeOver(new Connection(held(new Database(profile.database))))
