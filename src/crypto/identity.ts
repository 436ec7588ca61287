// Who we are: the account's identity key and one device's two keys, each from a 32-byte seed.
// A value of one kind cannot be handed in where another is wanted (A3, A4): the account key signs
// device lists, the signing key prekeys and challenges, the agreement key only agrees.

import type { AccountId, DeviceId } from '../protocol/ids.ts'
import type { KeyPair, Primitives } from './primitives.ts'
import type { LocalDevice } from './session.ts'

/** Lives on the primary device only, and in the recovery key. */
export interface AccountIdentity {
  readonly kind: 'account'
  readonly account: AccountId
  readonly keys: KeyPair
}

export function accountFromSeed(
  primitives: Primitives,
  account: AccountId,
  seed: Uint8Array,
): AccountIdentity {
  return { kind: 'account', account, keys: primitives.ed25519KeyPair(seed) }
}

interface DeviceSeeds {
  readonly account: AccountId
  /** The account's public identity key. */
  readonly accountKey: Uint8Array
  readonly device: DeviceId
  readonly signingSeed: Uint8Array
  readonly agreementSeed: Uint8Array
}

export function deviceFromSeeds(primitives: Primitives, seeds: DeviceSeeds): LocalDevice {
  return {
    account: seeds.account,
    accountKey: seeds.accountKey,
    device: seeds.device,
    signing: primitives.ed25519KeyPair(seeds.signingSeed),
    agreement: primitives.x25519KeyPair(seeds.agreementSeed),
  }
}
