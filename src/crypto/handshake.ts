// PQXDH: one secret out of long-term, signed and one-time keys of two devices, known to both and
// to nobody who breaks only curves or only the KEM. docs/protocol/sessions.md, "Handshake".

import { concat } from '../protocol/bytes.ts'
import { encode, fixed, optional, struct, u8 } from '../protocol/codec.ts'
import { type HandshakeHead, handshakeHead, SUITE } from '../protocol/envelope.ts'
import { accountId, deviceId } from '../protocol/ids.ts'
import type { PrekeyBundle } from '../protocol/prekeys.ts'
import { PQXDH_ROOT, PQXDH_TRANSCRIPT, SESSION_ID } from './labels.ts'
import type { CryptoEnv, KeyPair, Primitives } from './primitives.ts'
import type { LocalDevice, PeerDevice, PrivatePrekey } from './session.ts'

/** The two ends, by role; all that each is known by. */
interface Parties {
  readonly initiator: PeerDevice
  readonly responder: PeerDevice
}

interface Initiated {
  readonly session: Uint8Array
  readonly root: Uint8Array
  readonly head: HandshakeHead
}

/** The bundle's signatures are checked already. Throws CryptoError on a bad key. */
export function initiate(
  env: CryptoEnv,
  local: LocalDevice,
  peer: PeerDevice,
  offer: { readonly bundle: PrekeyBundle; readonly startedAt: number },
): Initiated {
  const { primitives } = env
  const { bundle, startedAt } = offer
  const ephemeral = primitives.x25519KeyPair(env.random(32))
  const kem = primitives.mlKemEncapsulate(bundle.kem.key, env.random(32))
  const head: HandshakeHead = {
    identityKey: local.agreement.publicKey,
    ephemeralKey: ephemeral.publicKey,
    startedAt,
    signedPrekeyId: bundle.curveSigned.id,
    oneTimePrekeyId: bundle.curveOneTime?.id,
    kemKind: bundle.kemKind,
    kemPrekeyId: bundle.kem.id,
    kemCiphertext: kem.ciphertext,
  }
  const session = sessionId(primitives, { initiator: publicHalf(local), responder: peer }, head)
  const agree = (own: KeyPair, theirs: Uint8Array): Uint8Array =>
    primitives.x25519Agree(own.privateKey, theirs)
  const secrets = [
    agree(local.agreement, bundle.curveSigned.key),
    agree(ephemeral, peer.agreementKey),
    agree(ephemeral, bundle.curveSigned.key),
    ...(bundle.curveOneTime === undefined ? [] : [agree(ephemeral, bundle.curveOneTime.key)]),
    kem.secret,
  ]
  const root = rootSecret(primitives, secrets, {
    session,
    signed: bundle.curveSigned.key,
    oneTime: bundle.curveOneTime?.key,
    kem: bundle.kem.key,
  })
  ephemeral.privateKey.fill(0)
  return { session, root, head }
}

/** Our own keys that a head names. */
export interface NamedPrekeys {
  readonly signed: PrivatePrekey
  readonly oneTime: PrivatePrekey | undefined
  readonly kem: PrivatePrekey
}

/** The responder's side of the same secret. Throws CryptoError on a bad key. */
export function respond(
  primitives: Primitives,
  local: LocalDevice,
  handshake: { readonly session: Uint8Array; readonly head: HandshakeHead },
  prekeys: NamedPrekeys,
): Uint8Array {
  const { head, session } = handshake
  const agree = (own: KeyPair, theirs: Uint8Array): Uint8Array =>
    primitives.x25519Agree(own.privateKey, theirs)
  const { signed, oneTime, kem } = prekeys
  const secrets = [
    agree(signed, head.identityKey),
    agree(local.agreement, head.ephemeralKey),
    agree(signed, head.ephemeralKey),
    ...(oneTime === undefined ? [] : [agree(oneTime, head.ephemeralKey)]),
    primitives.mlKemDecapsulate(kem.privateKey, head.kemCiphertext),
  ]
  return rootSecret(primitives, secrets, {
    session,
    signed: signed.publicKey,
    oneTime: oneTime?.publicKey,
    kem: kem.publicKey,
  })
}

export const publicHalf = (local: LocalDevice): PeerDevice => ({
  account: local.account,
  accountKey: local.accountKey,
  device: local.device,
  signingKey: local.signing.publicKey,
  agreementKey: local.agreement.publicKey,
})

const party = struct({
  account: accountId,
  accountKey: fixed(32),
  device: deviceId,
  signingKey: fixed(32),
  agreementKey: fixed(32),
})

const sessionInput = struct({
  suite: u8,
  initiator: party,
  responder: party,
  head: handshakeHead,
})

/**
 * The session's name: who is who, and everything that the initiator sent. It can be computed
 * without any private key, so that a message sent again finds its session after the one-time
 * keys are gone. As associated data of each message it binds both identities (A7).
 */
export const sessionId = (
  primitives: Primitives,
  parties: Parties,
  head: HandshakeHead,
): Uint8Array =>
  primitives.sha256(concat(SESSION_ID, encode(sessionInput, { suite: SUITE, ...parties, head })))

const transcript = struct({
  session: fixed(32),
  signed: fixed(32),
  oneTime: optional(fixed(32)),
  kem: fixed(1568),
})

interface PublicPrekeys {
  readonly session: Uint8Array
  readonly signed: Uint8Array
  readonly oneTime: Uint8Array | undefined
  readonly kem: Uint8Array
}

/** X3DH's prefix: no encoding of a curve point begins so, which keeps this KDF input apart. */
const PREFIX = new Uint8Array(32).fill(0xff)
const SALT = new Uint8Array(32)

/** The KEM's public key is in the transcript, so a re-encapsulated secret is another root (A8). */
function rootSecret(
  primitives: Primitives,
  secrets: readonly Uint8Array[],
  prekeys: PublicPrekeys,
): Uint8Array {
  const hash = primitives.sha256(concat(PQXDH_TRANSCRIPT, encode(transcript, prekeys)))
  const ikm = concat(PREFIX, ...secrets)
  const root = primitives.hkdfSha256({
    ikm,
    salt: SALT,
    info: concat(PQXDH_ROOT, hash),
    length: 32,
  })
  for (const secret of [ikm, ...secrets]) secret.fill(0)
  return root
}
