// The account's device list: made and signed by the account identity key, verified as a chain.
// A list is believed only if the account signed it and it follows, by hash, from the newest one
// known. Everything else is refused, never warned about (A1). The server uses this file to check
// what it stores, so it imports nothing that opens or seals. docs/protocol/identity.md, "Device lists".

import { concat, equalPublic, toHex } from '../protocol/bytes.ts'
import { decode, encode } from '../protocol/codec.ts'
import {
  type DeviceListBody,
  type DeviceListHead,
  type DeviceRecord,
  deviceListBody,
  type SignedDeviceList,
} from '../protocol/device-list.ts'
import type { AccountId } from '../protocol/ids.ts'
import type { AccountIdentity } from './identity.ts'
import { DEVICE_LIST } from './labels.ts'
import type { Primitives } from './primitives.ts'
import type { PeerDevice } from './session.ts'

export type DeviceListErrorCode =
  | 'bad_signature' // unsigned, or by another key
  | 'malformed' // signed bytes that are no list
  | 'wrong_account'
  | 'no_devices'
  | 'duplicate_device' // one id or one key twice
  | 'rollback' // older than what is known
  | 'fork' // another list than the known one at the same place of the chain
  | 'gap' // versions are missing between what is known and what came

export class DeviceListError extends Error {
  readonly code: DeviceListErrorCode

  constructor(code: DeviceListErrorCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'DeviceListError'
    this.code = code
  }
}

/** Whose lists: the key comes from a pin or a first contact, never from the list. */
export interface AccountRef {
  readonly account: AccountId
  readonly accountKey: Uint8Array
}

export interface VerifiedDeviceList {
  readonly list: SignedDeviceList
  readonly head: DeviceListHead
  readonly body: DeviceListBody
  readonly devices: readonly PeerDevice[]
}

interface NextDeviceList {
  /** Undefined for the first list of an account. */
  readonly previous: DeviceListHead | undefined
  readonly issuedAt: number
  readonly devices: readonly DeviceRecord[]
}

/** Signs the list after `previous`. Refuses to sign what nobody would believe. */
export function signDeviceList(
  primitives: Primitives,
  identity: AccountIdentity,
  next: NextDeviceList,
): SignedDeviceList {
  checkDevices(next.devices, identity.keys.publicKey)
  const body = encode(deviceListBody, {
    account: identity.account,
    version: next.previous === undefined ? 1 : next.previous.version + 1,
    previous: next.previous?.hash ?? NO_LIST,
    issuedAt: next.issuedAt,
    devices: next.devices,
  })
  const signature = primitives.ed25519Sign(identity.keys.privateKey, signedBytes(body))
  return { body, signature }
}

/** The version is read from the body: only of a list that was verified or that we made. */
export const headOf = (primitives: Primitives, list: SignedDeviceList): DeviceListHead => ({
  version: decode(deviceListBody, list.body).version,
  hash: primitives.sha256(list.body),
})

/**
 * The newest of `lists`, which are consecutive and ascending. They may overlap what is known; with
 * nothing known they begin at version 1. Throws DeviceListError.
 */
export function verifyChain(
  primitives: Primitives,
  account: AccountRef,
  known: DeviceListHead | undefined,
  lists: readonly SignedDeviceList[],
): VerifiedDeviceList {
  let newest: VerifiedDeviceList | undefined
  for (const list of lists) {
    const verified = verifyOne(primitives, account, list)
    checkPlace(newest?.head ?? beforeFirst(known, verified.head), verified)
    checkKnown(known, verified.head)
    newest = verified
  }
  if (newest === undefined) throw new DeviceListError('gap', 'no list')
  if (known !== undefined && newest.head.version < known.version) {
    throw new DeviceListError('rollback', `${newest.head.version} after ${known.version}`)
  }
  return newest
}

const NO_LIST = new Uint8Array(32)

const signedBytes = (body: Uint8Array): Uint8Array => concat(DEVICE_LIST, body)

function verifyOne(
  primitives: Primitives,
  { account, accountKey }: AccountRef,
  list: SignedDeviceList,
): VerifiedDeviceList {
  // The signature first: what an account did not sign is not even parsed.
  if (!primitives.ed25519Verify(accountKey, signedBytes(list.body), list.signature)) {
    throw new DeviceListError('bad_signature', 'not signed by the account')
  }
  const body = parse(list.body)
  if (body.account !== account) throw new DeviceListError('wrong_account', 'another account id')
  checkDevices(body.devices, accountKey)
  const devices = body.devices.map((record) => ({
    account,
    accountKey,
    device: record.device,
    signingKey: record.signingKey,
    agreementKey: record.agreementKey,
  }))
  const head = { version: body.version, hash: primitives.sha256(list.body) }
  return { list, head, body, devices }
}

function parse(body: Uint8Array): DeviceListBody {
  try {
    return decode(deviceListBody, body)
  } catch {
    throw new DeviceListError('malformed', 'not a device list')
  }
}

/** One key per purpose and per device: the account key is no device's key either (A4, A7). */
function checkDevices(devices: readonly DeviceRecord[], accountKey: Uint8Array): void {
  if (devices.length === 0) throw new DeviceListError('no_devices', 'empty list')
  const seen = new Set([toHex(accountKey)])
  for (const { device, signingKey, agreementKey } of devices) {
    for (const name of [device, toHex(signingKey), toHex(agreementKey)]) {
      if (seen.has(name)) throw new DeviceListError('duplicate_device', 'an id or a key twice')
      seen.add(name)
    }
  }
}

/** What the first list that came must follow; undefined where it is checked by `checkKnown`. */
function beforeFirst(
  known: DeviceListHead | undefined,
  first: DeviceListHead,
): DeviceListHead | undefined {
  if (known !== undefined && first.version <= known.version) return undefined
  return known ?? { version: 0, hash: NO_LIST }
}

function checkPlace(before: DeviceListHead | undefined, list: VerifiedDeviceList): void {
  const { version, previous } = list.body
  if (version === 0) throw new DeviceListError('malformed', 'version 0')
  if (version === 1 && !equalPublic(previous, NO_LIST)) {
    throw new DeviceListError('fork', 'a first list with a list before it')
  }
  if (before === undefined) return
  if (version <= before.version) throw new DeviceListError('rollback', 'versions do not ascend')
  if (version > before.version + 1) throw new DeviceListError('gap', `${version} is too far`)
  if (!equalPublic(previous, before.hash)) throw new DeviceListError('fork', `before ${version}`)
}

function checkKnown(known: DeviceListHead | undefined, head: DeviceListHead): void {
  if (known?.version === head.version && !equalPublic(known.hash, head.hash)) {
    throw new DeviceListError('fork', `at ${head.version}`)
  }
}
