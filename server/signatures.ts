// The one door from the server to cryptography: checking signatures. Nothing here opens, seals or
// signs, and test/architecture.test.ts holds it to that.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { headOf, verifyChain } from '../src/crypto/device-list.ts'
import { nodePrimitives } from '../src/crypto/provider-node.ts'
import type { DeviceListBody, SignedDeviceList } from '../src/protocol/device-list.ts'
import type { AccountId, DeviceId } from '../src/protocol/ids.ts'
import {
  type Prekey,
  type PrekeyKind,
  type PrekeyUpload,
  prekeySignedBytes,
} from '../src/protocol/prekeys.ts'

/** By a device's or an account's Ed25519 key. A key or signature of the wrong form is just false. */
export function verifyDevice(
  signingKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return nodePrimitives.ed25519Verify(signingKey, message, signature)
  } catch {
    return false
  }
}

/** So many verifications, some milliseconds, between two turns of the event loop (N17). */
const CHECKED_AT_ONCE = 16

/** Each key under the label of its own kind (A8). */
export async function verifyPrekeys(
  device: DeviceId,
  signingKey: Uint8Array,
  upload: PrekeyUpload,
): Promise<boolean> {
  const all: readonly (readonly [PrekeyKind, Prekey | undefined])[] = [
    ['curve-signed', upload.curveSigned],
    ['kem-last-resort', upload.kemLastResort],
    ...upload.curveOneTime.map((prekey) => ['curve-one-time', prekey] as const),
    ...upload.kemOneTime.map((prekey) => ['kem-one-time', prekey] as const),
  ]
  for (const [index, [kind, prekey]] of all.entries()) {
    if (prekey === undefined) continue
    const signed = prekeySignedBytes(kind, device, prekey)
    if (!verifyDevice(signingKey, signed, prekey.signature)) return false
    if (index % CHECKED_AT_ONCE === CHECKED_AT_ONCE - 1) await nextTurn()
  }
  return true
}

interface ListQuestion {
  readonly account: AccountId
  readonly identityKey: Uint8Array
  /** What stands before; undefined for a first list. */
  readonly previous: SignedDeviceList | undefined
  readonly list: SignedDeviceList
}

/** The list's body, if the account signed it and it is the very next of its chain. */
export function checkDeviceList(question: ListQuestion): DeviceListBody | undefined {
  const { account, identityKey, previous, list } = question
  const known = previous && headOf(nodePrimitives, previous)
  try {
    const owner = { account, accountKey: identityKey }
    const { body } = verifyChain(nodePrimitives, owner, known, [list])
    return body.version === (known?.version ?? 0) + 1 ? body : undefined
  } catch {
    return undefined
  }
}
