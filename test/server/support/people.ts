// Accounts for tests of the server: put into the storage directly, for the core trusts what the
// directory verified.

import type { Storage } from '../../../server/storage/port.ts'
import { systemEnv } from '../../../server/system-env.ts'
import { nodePrimitives } from '../../../src/crypto/provider-node.ts'
import { type AccountId, type DeviceId, uuidV4 } from '../../../src/protocol/ids.ts'
import { type AccountName, nameSkeleton } from '../../../src/protocol/names.ts'

export interface Person {
  readonly account: AccountId
  readonly device: DeviceId
  readonly privateKey: Uint8Array
}

const NO_PREKEYS = { curveOneTime: [], kemOneTime: [] }

export async function addPerson(storage: Storage, number: number): Promise<Person> {
  const account = uuidV4<AccountId>(systemEnv.random(16))
  const device = uuidV4<DeviceId>(systemEnv.random(16))
  const { publicKey, privateKey } = nodePrimitives.ed25519KeyPair(systemEnv.random(32))
  const name = `person${number}` as AccountName
  const outcome = await storage.directory.register({
    account,
    name,
    skeleton: `${nameSkeleton(name)}${number}`,
    identityKey: publicKey,
    list: { body: new Uint8Array(8), signature: new Uint8Array(64) },
    device: { device, signingKey: publicKey },
    prekeys: NO_PREKEYS,
    day: 0,
    needsInvite: false,
  })
  if (outcome.kind !== 'registered') throw new Error(outcome.reason)
  return { account, device, privateKey }
}
