// Nonces for session logins. They carry their own proof, so that asking for one costs no memory:
// six bytes of time, ten of chance, and half of an HMAC over both. Each is good once, for a minute.

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { concat, toBase64Url, utf8 } from '../src/protocol/bytes.ts'
import type { Env } from '../src/protocol/env.ts'
import { SpentNonces } from './spent-nonces.ts'

const TIME_BYTES = 6
/** With the millisecond: no two alike, and nobody guesses one that was given to another. */
const RANDOM_BYTES = 10
const HEAD_BYTES = TIME_BYTES + RANDOM_BYTES
const MAC_BYTES = 16
const KEY_LABEL = 'sotto/1 login nonce'
/** From the answer to the signed request: one round trip and a person's keychain prompt. */
const LIFETIME_MS = 60_000

export class LoginNonces {
  readonly #key: Uint8Array
  readonly #env: Env
  readonly #spent = new SpentNonces(LIFETIME_MS)

  constructor(secret: Uint8Array, env: Env) {
    this.#key = new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), utf8(KEY_LABEL), 32))
    this.#env = env
  }

  make(): { readonly nonce: Uint8Array; readonly time: number } {
    const time = this.#env.now()
    const stamp = Buffer.alloc(TIME_BYTES)
    stamp.writeUIntBE(time, 0, TIME_BYTES)
    const head = concat(stamp, this.#env.random(RANDOM_BYTES))
    return { nonce: concat(head, this.#mac(head)), time }
  }

  /** True once, and only for a nonce of ours that still lives. */
  spend(nonce: Uint8Array): boolean {
    const head = nonce.subarray(0, HEAD_BYTES)
    const mac = nonce.subarray(HEAD_BYTES)
    if (mac.length !== MAC_BYTES || !timingSafeEqual(this.#mac(head), mac)) return false
    const now = this.#env.now()
    const age = now - Buffer.from(head).readUIntBE(0, TIME_BYTES)
    return age >= 0 && age <= LIFETIME_MS && this.#spent.spend(toBase64Url(nonce), now)
  }

  #mac(head: Uint8Array): Uint8Array {
    const mac = createHmac('sha256', this.#key).update(head).digest()
    return new Uint8Array(mac.subarray(0, MAC_BYTES))
  }
}
