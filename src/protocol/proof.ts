// The exact bytes that a device signs to prove itself to a server. Each begins with a label of
// its own, so that no signature made for one purpose is ever good for another.

import { concat, utf8 } from './bytes.ts'
import { encode, fixed, struct, text, u16, u64 } from './codec.ts'
import { type AccountId, accountId, type DeviceId, deviceId } from './ids.ts'

const STREAM_LABEL = 'sotto/1 stream login'
const SESSION_LABEL = 'sotto/1 session login'
const REQUEST_LABEL = 'sotto/1 request proof'
const REGISTER_LABEL = 'sotto/1 register'

const login = struct({
  server: fixed(32),
  nonce: fixed(32),
  time: u64,
  account: accountId,
  device: deviceId,
  generation: u64,
  opening: fixed(16),
  version: u16,
})

interface LoginProof {
  /** The server's key as the client has it pinned: a challenge relayed from another server fails. */
  readonly server: Uint8Array
  readonly nonce: Uint8Array
  readonly time: number
  readonly account: AccountId
  readonly device: DeviceId
  readonly generation: number
  readonly opening: Uint8Array
  /** Highest wire version offered, so that nobody in between lowers it. */
  readonly version: number
}

const labelled = (label: string, body: Uint8Array): Uint8Array =>
  concat(utf8(label), Uint8Array.of(0), body)

export const streamProof = (proof: LoginProof): Uint8Array =>
  labelled(STREAM_LABEL, encode(login, proof))

const session = struct({
  server: fixed(32),
  nonce: fixed(32),
  time: u64,
  account: accountId,
  device: deviceId,
})

interface SessionProof {
  readonly server: Uint8Array
  readonly nonce: Uint8Array
  readonly time: number
  readonly account: AccountId
  readonly device: DeviceId
}

export const sessionProof = (proof: SessionProof): Uint8Array =>
  labelled(SESSION_LABEL, encode(session, proof))

const request = struct({
  method: text(8),
  target: text(2048),
  time: u64,
  nonce: fixed(16),
  tokenHash: fixed(32),
  bodyHash: fixed(32),
})

interface RequestProof {
  readonly method: string
  /** Path and query as sent. */
  readonly target: string
  readonly time: number
  readonly nonce: Uint8Array
  /** SHA-256 of the token, so that a stolen token is worth nothing without the device's key. */
  readonly tokenHash: Uint8Array
  /** SHA-256 of the body; of no bytes where the body is a blob's. */
  readonly bodyHash: Uint8Array
}

export const requestProof = (proof: RequestProof): Uint8Array =>
  labelled(REQUEST_LABEL, encode(request, proof))

const registration = struct({
  server: fixed(32),
  name: text(64),
  account: accountId,
  device: deviceId,
  time: u64,
  listHash: fixed(32),
})

interface RegistrationProof {
  readonly server: Uint8Array
  readonly name: string
  readonly account: AccountId
  readonly device: DeviceId
  readonly time: number
  readonly listHash: Uint8Array
}

/** Signed by the account key: only its owner may bind a name to it. */
export const registrationProof = (proof: RegistrationProof): Uint8Array =>
  labelled(REGISTER_LABEL, encode(registration, proof))

/** For the uniqueness test of crypto/labels.ts. */
export const PROOF_LABELS: readonly string[] = [
  STREAM_LABEL,
  SESSION_LABEL,
  REQUEST_LABEL,
  REGISTER_LABEL,
]
