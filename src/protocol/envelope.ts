// The opaque body of a log entry between two devices: what the server carries and cannot read.
// `suite` names the whole construction; an unknown one is refused before any key is touched.

import {
  bytes,
  type Codec,
  choice,
  fixed,
  optional,
  struct,
  u8,
  u32,
  u64,
  union,
  type Value,
} from './codec.ts'
import { malformed } from './errors.ts'
import { MAX_ENVELOPE_BYTES } from './limits.ts'

/** PQXDH(X25519, ML-KEM-1024, SHA-256) + Double Ratchet(X25519, HKDF-SHA-256, AES-256-GCM). */
export const SUITE = 1

const suite: Codec<typeof SUITE> = {
  write: (writer, value) => u8.write(writer, value),
  read(reader) {
    if (u8.read(reader) !== SUITE) throw malformed('unknown suite')
    return SUITE
  },
}

const ratchetHeader = struct({
  /** The sender's current ratchet key. */
  ratchetKey: fixed(32),
  /** Messages in the sender's chain before this one. */
  previous: u32,
  /** This message's place in its chain, from 0. */
  index: u32,
})
export type RatchetHeader = Value<typeof ratchetHeader>

/** A 12-byte nonce, the ciphertext and its 16-byte tag. */
const sealed = bytes(MAX_ENVELOPE_BYTES)

const ratchetMessage = struct({ suite, header: ratchetHeader, sealed })

/** Ids count per kind, so an id alone does not say which KEM prekey was used. */
const kemPrekeyKind = choice({ 'kem-one-time': 1, 'kem-last-resort': 2 })

/** What the receiver needs to make the same PQXDH secret. Repeated until the first answer. */
export const handshakeHead = struct({
  /** The initiator's identity agreement key; must be the one in its signed device list. */
  identityKey: fixed(32),
  ephemeralKey: fixed(32),
  /** By the initiator's clock, and later than any session that it knows of: which one counts. */
  startedAt: u64,
  signedPrekeyId: u32,
  oneTimePrekeyId: optional(u32),
  kemKind: kemPrekeyKind,
  kemPrekeyId: u32,
  kemCiphertext: fixed(1568),
})
export type HandshakeHead = Value<typeof handshakeHead>

const firstMessage = struct({ suite, handshake: handshakeHead, header: ratchetHeader, sealed })

export const envelopeCodec = union({
  first: { tag: 1, codec: firstMessage },
  ratchet: { tag: 2, codec: ratchetMessage },
})
export type Envelope = Value<typeof envelopeCodec>
