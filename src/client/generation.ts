// The number that tells a profile from an old copy of it. It advances at each opening and at each
// clean end: first in the database, then in the keychain (keychain/generation.ts says why).

import {
  checkGeneration,
  decodeGeneration,
  encodeGeneration,
  GENERATION_KEY,
} from '../keychain/generation.ts'
import type { Keychain, KeychainSecrets } from '../keychain/port.ts'
import { STOPPED, STOPPED_KEY, type Store } from '../store/port.ts'
import { lostCommits, rolledBack } from './errors.ts'
import type { Condition } from './profile.ts'

const MILLISECONDS_PER_SECOND = 1000

export class Generation {
  readonly #store: Store
  readonly #keychain: Keychain
  #secrets: KeychainSecrets

  constructor(store: Store, keychain: Keychain, secrets: KeychainSecrets) {
    this.#store = store
    this.#keychain = keychain
    this.#secrets = secrets
  }

  get current(): number {
    return this.#secrets.generation
  }

  get secrets(): KeychainSecrets {
    return this.#secrets
  }

  /** Advances if all is well. What is not well stays as it is, for `doctor --mend`. */
  async enter(): Promise<Condition> {
    const check = checkGeneration(this.current, this.#database())
    const stopped = this.#store.meta(STOPPED_KEY)
    if (stopped?.[0] === STOPPED.lostCommits) return { kind: 'stopped', why: lostCommits() }
    if (check.kind !== 'ok' || stopped !== undefined) return { kind: 'stopped', why: rolledBack() }
    await this.#advance(check.next)
    return { kind: 'sound' }
  }

  /** A copy made while we were open is older than us from here on. */
  async leave(): Promise<void> {
    const check = checkGeneration(this.current, this.#database())
    if (check.kind === 'ok') await this.#advance(check.next)
  }

  /** The server, or another copy, told us that we are not the newest. */
  stop(): void {
    const why = Uint8Array.of(STOPPED.anotherCopy)
    this.#store.transaction((tx) => tx.putMeta(STOPPED_KEY, why))
  }

  /** Ahead of everything that any copy, the keychain's too, can have shown the server: nobody
   *  opens a profile more than once a second over its life. */
  async mend(now: number): Promise<void> {
    const seconds = Math.floor(now / MILLISECONDS_PER_SECOND)
    await this.#advance(Math.max(this.current, this.#database(), seconds) + 1)
    this.#store.transaction((tx) => tx.deleteMeta(STOPPED_KEY))
  }

  #database(): number {
    const stored = this.#store.meta(GENERATION_KEY)
    // Absent is not zero: a database without it was not made by us.
    return stored === undefined ? -1 : decodeGeneration(stored)
  }

  async #advance(next: number): Promise<void> {
    this.#store.transaction((tx) => tx.putMeta(GENERATION_KEY, encodeGeneration(next)))
    const secrets = { ...this.#secrets, generation: next }
    await this.#keychain.save(secrets)
    this.#secrets = secrets
  }
}
