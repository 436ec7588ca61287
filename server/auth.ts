// Who is asking. One layer for every route: a session token of a device that still stands in the
// directory, and a fresh proof by that device's key over this very request (A12). Whatever fails
// is one and the same refusal.

import { createHash } from 'node:crypto'
import { fromBase64Url } from '../src/protocol/bytes.ts'
import type { Env } from '../src/protocol/env.ts'
import type { AccountId, DeviceId } from '../src/protocol/ids.ts'
import { MAX_CLOCK_SKEW_MS } from '../src/protocol/limits.ts'
import { requestProof, sessionProof } from '../src/protocol/proof.ts'
import { LoginNonces } from './login-nonces.ts'
import type { ServerKeys } from './server-keys.ts'
import { SessionTokens, type TokenClaim } from './session-tokens.ts'
import { verifyDevice } from './signatures.ts'
import { SpentNonces } from './spent-nonces.ts'
import type { DirectoryDevice } from './storage/directory-port.ts'

const NONCE_BYTES = 16
const PROOF = /^(0|[1-9]\d{0,15})\.([\w-]{22})\.([\w-]{86})$/
const BEARER = 'Bearer '

/** An authenticated device; made here only. */
export interface Caller {
  readonly account: AccountId
  readonly device: DeviceId
}

/** What the directory knows of devices, as far as logins need it. */
interface KnownDevices {
  device(device: DeviceId): Promise<DirectoryDevice | undefined>
  disabledDevice(device: DeviceId): Promise<DirectoryDevice | undefined>
}

interface LoginRequest {
  readonly account: AccountId
  readonly device: DeviceId
  readonly nonce: Uint8Array
  readonly time: number
  readonly proof: Uint8Array
}

type LoginOutcome =
  | { readonly kind: 'token'; readonly token: string; readonly expiresAt: number }
  | { readonly kind: 'unauthorised' }
  | { readonly kind: 'disabled' }

/** A caller whose token is good; its proof over the body is still to be checked. */
interface TokenBearer extends Caller {
  readonly signingKey: Uint8Array
  readonly token: string
}

interface ProvenRequest {
  /** The header as it came. */
  readonly proof: string | undefined
  readonly method: string
  readonly target: string
  readonly body: Uint8Array
}

export class Auth {
  readonly #keys: ServerKeys
  readonly #devices: KnownDevices
  readonly #env: Env
  readonly #tokens: SessionTokens
  readonly #nonces: LoginNonces
  // A proof may be early or late by the skew, so it could come again for twice that.
  readonly #spent = new SpentNonces(2 * MAX_CLOCK_SKEW_MS)

  constructor(keys: ServerKeys, devices: KnownDevices, env: Env) {
    this.#keys = keys
    this.#devices = devices
    this.#env = env
    this.#tokens = new SessionTokens(keys)
    this.#nonces = new LoginNonces(keys.tokenSeed, env)
  }

  nonce() {
    return this.#nonces.make()
  }

  async login(request: LoginRequest): Promise<LoginOutcome> {
    const { account, device, nonce, time, proof } = request
    const active = await this.#devices.device(device)
    const known = active ?? (await this.#devices.disabledDevice(device))
    const signed = sessionProof({ server: this.#keys.identity, nonce, time, account, device })
    // An unknown device costs a verification as well, so that time does not tell it.
    const verified = verifyDevice(known?.signingKey ?? this.#keys.identity, signed, proof)
    if (!verified || known?.account !== account) return { kind: 'unauthorised' }
    if (!this.#isNear(time) || !this.#nonces.spend(nonce)) return { kind: 'unauthorised' }
    if (active === undefined) return { kind: 'disabled' }
    const made = this.#tokens.issue({ account, device }, active.signingKey, this.#env.now())
    return { kind: 'token', ...made }
  }

  /** First half, before a body is read: strangers cannot make us read one. */
  async bearer(authorization: string | undefined): Promise<TokenBearer | undefined> {
    if (!authorization?.startsWith(BEARER)) return undefined
    const token = authorization.slice(BEARER.length)
    const claim = this.#tokens.read(token)
    if (claim === undefined) return undefined
    const device = await this.#devices.device(claim.said.device)
    if (device === undefined || !this.#isHolder(claim, device)) return undefined
    const { account } = claim.said
    return { account, device: claim.said.device, signingKey: device.signingKey, token }
  }

  /** Second half: the device's key over method, target, token and body; good once. */
  prove(bearer: TokenBearer, request: ProvenRequest): Caller | undefined {
    const [, timeText, nonceText = '', signatureText] = PROOF.exec(request.proof ?? '') ?? []
    const time = Number(timeText)
    const nonce = fromBase64Url(nonceText)
    const signature = fromBase64Url(signatureText ?? '')
    if (nonce?.length !== NONCE_BYTES || signature === undefined) return undefined
    if (!this.#isNear(time)) return undefined
    const signed = requestProof({
      method: request.method,
      target: request.target,
      time,
      nonce,
      tokenHash: sha256(Buffer.from(bearer.token)),
      bodyHash: sha256(request.body),
    })
    if (!verifyDevice(bearer.signingKey, signed, signature)) return undefined
    // After the signature: nobody else can use up a device's nonces, or our memory.
    if (!this.#spent.spend(`${bearer.device}${nonceText}`, this.#env.now())) return undefined
    return { account: bearer.account, device: bearer.device }
  }

  #isNear(time: number): boolean {
    return Math.abs(this.#env.now() - time) <= MAX_CLOCK_SKEW_MS
  }

  #isHolder(claim: TokenClaim, device: DirectoryDevice): boolean {
    return this.#tokens.verify(claim, device, this.#env.now())
  }
}

const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest())
