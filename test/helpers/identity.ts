// An account with its devices' public halves, out of a seed.

import { accountFromSeed, deviceFromSeeds } from '../../src/crypto/identity.ts'
import type { CryptoEnv } from '../../src/crypto/primitives.ts'
import type { LocalDevice } from '../../src/crypto/session.ts'
import type { DeviceRecord } from '../../src/protocol/device-list.ts'
import { uuidV4 } from '../../src/protocol/ids.ts'

export function makeAccount(env: CryptoEnv) {
  const identity = accountFromSeed(env.primitives, uuidV4(env.random(16)), env.random(32))
  const ref = { account: identity.account, accountKey: identity.keys.publicKey }
  return { identity, ref }
}

export function makeDevice(env: CryptoEnv, ref: ReturnType<typeof makeAccount>['ref']) {
  return deviceFromSeeds(env.primitives, {
    ...ref,
    device: uuidV4(env.random(16)),
    signingSeed: env.random(32),
    agreementSeed: env.random(32),
  })
}

export const recordOf = (device: LocalDevice, addedAt: number): DeviceRecord => ({
  device: device.device,
  signingKey: device.signing.publicKey,
  agreementKey: device.agreement.publicKey,
  addedAt,
})
