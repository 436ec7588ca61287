// The signed device list on the wire. Verification of a chain: crypto/device-list.ts.

import { bytes, fixed, list, struct, u32, u64, type Value } from './codec.ts'
import { accountId, deviceId } from './ids.ts'
import { MAX_DEVICES } from './limits.ts'

const deviceRecord = struct({
  device: deviceId,
  /** Ed25519: signs prekeys and challenges. */
  signingKey: fixed(32),
  /** X25519: the identity half of PQXDH. */
  agreementKey: fixed(32),
  addedAt: u64,
})
export type DeviceRecord = Value<typeof deviceRecord>

/** Exactly these bytes are hashed and signed. */
export const deviceListBody = struct({
  account: accountId,
  /** From 1, by one. */
  version: u32,
  /** SHA-256 of the body before; 32 zero bytes for version 1. */
  previous: fixed(32),
  issuedAt: u64,
  devices: list(deviceRecord, MAX_DEVICES),
})
export type DeviceListBody = Value<typeof deviceListBody>

/** 16 devices of 88 bytes and the head. */
const MAX_BODY_BYTES = 2048

export const signedDeviceList = struct({
  body: bytes(MAX_BODY_BYTES),
  /** By the account identity key, under its own label. */
  signature: fixed(64),
})
export type SignedDeviceList = Value<typeof signedDeviceList>

/** Travels inside every encrypted content, so that two views of one list are found out. */
export const deviceListHead = struct({ version: u32, hash: fixed(32) })
export type DeviceListHead = Value<typeof deviceListHead>
