// Prekeys on the wire, and the exact bytes that are signed over each. Every public prekey is
// signed by its device with a label of its kind: a key can never pass for one of another kind.

import { concat, utf8 } from './bytes.ts'
import { encode, fixed, struct, u32, u64 } from './codec.ts'
import { type DeviceId, deviceId } from './ids.ts'

export type PrekeyKind = 'curve-signed' | 'curve-one-time' | 'kem-last-resort' | 'kem-one-time'

export interface Prekey {
  readonly id: number
  /** 32 bytes (X25519) or 1568 (ML-KEM-1024). */
  readonly key: Uint8Array
  readonly createdAt: number
  readonly signature: Uint8Array
}

/** What a device publishes, all at once or a refill. */
export interface PrekeyUpload {
  readonly curveSigned?: Prekey
  readonly kemLastResort?: Prekey
  readonly curveOneTime: readonly Prekey[]
  readonly kemOneTime: readonly Prekey[]
}

/** What an initiator fetches for one device; the one-time keys in it are gone from the server. */
export interface PrekeyBundle {
  readonly device: DeviceId
  readonly curveSigned: Prekey
  readonly curveOneTime?: Prekey
  readonly kem: Prekey
  readonly kemKind: 'kem-one-time' | 'kem-last-resort'
}

export const PREKEY_LABELS: Readonly<Record<PrekeyKind, string>> = {
  'curve-signed': 'sotto/1 prekey curve signed',
  'curve-one-time': 'sotto/1 prekey curve one-time',
  'kem-last-resort': 'sotto/1 prekey kem last-resort',
  'kem-one-time': 'sotto/1 prekey kem one-time',
}

const head = struct({ device: deviceId, id: u32, createdAt: u64 })
const curveKey = fixed(32)
const kemKey = fixed(1568)

export function prekeySignedBytes(
  kind: PrekeyKind,
  device: DeviceId,
  prekey: Omit<Prekey, 'signature'>,
): Uint8Array {
  const key = kind.startsWith('curve') ? curveKey : kemKey
  return concat(
    utf8(PREKEY_LABELS[kind]),
    Uint8Array.of(0),
    encode(head, { device, id: prekey.id, createdAt: prekey.createdAt }),
    encode(key, prekey.key),
  )
}
