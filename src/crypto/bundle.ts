// A fetched prekey bundle is believed only after every signature in it was checked, each as the
// kind that the bundle uses it for: a key signed for another purpose does not pass (A8).

import {
  type Prekey,
  type PrekeyBundle,
  type PrekeyKind,
  prekeySignedBytes,
} from '../protocol/prekeys.ts'
import type { Primitives } from './primitives.ts'
import { type PeerDevice, SessionError } from './session.ts'

/** Throws SessionError `bad_bundle`. */
export function checkBundle(primitives: Primitives, peer: PeerDevice, bundle: PrekeyBundle): void {
  if (bundle.device !== peer.device) throw bad('another device')
  const check = (kind: PrekeyKind, prekey: Prekey): void => {
    if (!isSigned(primitives, peer, kind, prekey)) throw bad(kind)
  }
  check('curve-signed', bundle.curveSigned)
  if (bundle.curveOneTime !== undefined) check('curve-one-time', bundle.curveOneTime)
  check(bundle.kemKind, bundle.kem)
}

const bad = (detail: string): SessionError => new SessionError('bad_bundle', detail)

function isSigned(
  primitives: Primitives,
  peer: PeerDevice,
  kind: PrekeyKind,
  prekey: Prekey,
): boolean {
  try {
    const message = prekeySignedBytes(kind, peer.device, prekey)
    return primitives.ed25519Verify(peer.signingKey, message, prekey.signature)
  } catch {
    // A key, an id or a signature of another size than its kind has.
    return false
  }
}
