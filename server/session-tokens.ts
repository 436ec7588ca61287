// Session tokens: PASETO v4.public over account, device and times. The implicit assertion binds a
// token to this server's identity and to the device's signing key as the directory has it now: a
// token of another server, or of a device whose key is another one today, does not verify.

import { createHash } from 'node:crypto'
import { concat, fromUtf8, toBase64Url, utf8 } from '../src/protocol/bytes.ts'
import { type AccountId, type DeviceId, isUuid } from '../src/protocol/ids.ts'
import { TOKEN_LIFETIME_MS } from '../src/protocol/limits.ts'
import { parsePaseto, signPaseto, type UnverifiedPaseto, verifyPaseto } from './paseto.ts'
import type { ServerKeys } from './server-keys.ts'
import type { DirectoryDevice } from './storage/directory-port.ts'

const ASSERTION_LABEL = 'sotto/1 session token'
/** Half a megabyte at most. */
const MAX_REMEMBERED = 4_096

interface TokenHolder {
  readonly account: AccountId
  readonly device: DeviceId
  readonly expiresAt: number
}

/** What a token says before anybody checked it: good for finding the key to check it with. */
export interface TokenClaim {
  readonly said: TokenHolder
  readonly parts: UnverifiedPaseto
}

export class SessionTokens {
  readonly #keys: ServerKeys
  readonly #footer: Uint8Array
  /** Signatures that were good over what they sign: a device shows one token for an hour, and each
   *  verification is a seventh of a request. What is said, and until when, is judged every time. */
  readonly #good = new Set<string>()

  constructor(keys: ServerKeys) {
    this.#keys = keys
    // Names the key, so that a later one can be told from it.
    const id = createHash('sha256').update(keys.identity).update(ASSERTION_LABEL).digest()
    this.#footer = utf8(JSON.stringify({ kid: toBase64Url(id.subarray(0, 8)) }))
  }

  issue(holder: Omit<TokenHolder, 'expiresAt'>, signingKey: Uint8Array, now: number) {
    const expiresAt = now + TOKEN_LIFETIME_MS
    const { account, device } = holder
    const token = signPaseto(this.#keys.tokens.privateKey, {
      payload: utf8(JSON.stringify({ account, device, expiresAt })),
      footer: this.#footer,
      implicit: this.#assertion(signingKey),
    })
    return { token, expiresAt }
  }

  read(token: string): TokenClaim | undefined {
    const parts = parsePaseto(token)
    const said = parts && holderOf(parts.payload)
    return parts && said && { parts, said }
  }

  /** True where the claim is ours, still lives, and is this device's. */
  verify({ said, parts }: TokenClaim, device: DirectoryDevice, now: number): boolean {
    if (!this.#isSigned(parts, this.#assertion(device.signingKey))) return false
    // Not longer than a lifetime ahead either: a clock set back must not make tokens last.
    const left = said.expiresAt - now
    return left > 0 && left <= TOKEN_LIFETIME_MS && device.account === said.account
  }

  #isSigned(parts: UnverifiedPaseto, implicit: Uint8Array): boolean {
    // The first three have one length each: no two tokens are the same bytes.
    const all = [parts.signature, implicit, sha256(parts.footer), parts.payload]
    const name = sha256(concat(...all)).toString('base64')
    if (this.#good.has(name)) return true
    const expected = { footer: this.#footer, implicit }
    if (!verifyPaseto(this.#keys.tokens.publicKey, parts, expected)) return false
    if (this.#good.size >= MAX_REMEMBERED) this.#good.clear()
    this.#good.add(name)
    return true
  }

  #assertion(signingKey: Uint8Array): Uint8Array {
    return concat(utf8(ASSERTION_LABEL), Uint8Array.of(0), this.#keys.identity, signingKey)
  }
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

function holderOf(payload: Uint8Array): TokenHolder | undefined {
  let value: unknown
  try {
    value = JSON.parse(fromUtf8(payload))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { account, device, expiresAt } = value as Record<string, unknown>
  if (typeof account !== 'string' || !isUuid(account)) return undefined
  if (typeof device !== 'string' || !isUuid(device)) return undefined
  if (typeof expiresAt !== 'number' || !Number.isSafeInteger(expiresAt)) return undefined
  return { account: account as AccountId, device: device as DeviceId, expiresAt }
}
