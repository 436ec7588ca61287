// One's own prekeys: made, and signed each as its kind, so that none passes for another (A8).
// Checking a peer's bundle: bundle.ts. docs/protocol/identity.md, "Prekeys".

import { type Prekey, type PrekeyKind, prekeySignedBytes } from '../protocol/prekeys.ts'
import { KEM_SEED_BYTES } from './kem.ts'
import type { CryptoEnv, KeyPair, Primitives } from './primitives.ts'
import type { LocalDevice } from './session.ts'

/** To be stored before its public half is uploaded. */
export interface OwnPrekey extends Prekey {
  readonly kind: PrekeyKind
  /** The seed: 32 bytes of a curve key, 64 of a KEM key. */
  readonly privateKey: Uint8Array
}

/** X25519 and Ed25519 seeds. */
const CURVE_SEED_BYTES = 32

/** `id` is new within its kind: the store counts. */
export function makePrekey(
  env: CryptoEnv,
  device: LocalDevice,
  kind: PrekeyKind,
  id: number,
): OwnPrekey {
  const { publicKey, privateKey } = pairOf(env, kind)
  const prekey = { id, key: publicKey, createdAt: env.now() }
  return {
    kind,
    ...prekey,
    privateKey,
    signature: signPrekey(env.primitives, device, kind, prekey),
  }
}

function pairOf(env: CryptoEnv, kind: PrekeyKind): KeyPair {
  switch (kind) {
    case 'curve-signed':
    case 'curve-one-time':
      return env.primitives.x25519KeyPair(env.random(CURVE_SEED_BYTES))
    case 'kem-last-resort':
    case 'kem-one-time':
      return env.primitives.mlKemKeyPair(env.random(KEM_SEED_BYTES))
  }
}

const signPrekey = (
  primitives: Primitives,
  device: LocalDevice,
  kind: PrekeyKind,
  prekey: Omit<Prekey, 'signature'>,
): Uint8Array =>
  primitives.ed25519Sign(device.signing.privateKey, prekeySignedBytes(kind, device.device, prekey))
