// A device with identity, prekeys and a book per peer, that hands out bundles as a server would.
// Everything comes out of one seed.

import { createHash } from 'node:crypto'
import type { CryptoEnv, Primitives } from '../../src/crypto/primitives.ts'
import type { LocalDevice, Opened, PeerDevice } from '../../src/crypto/session.ts'
import { decryptFrom, encryptTo, startSession } from '../../src/crypto/sessions.ts'
import { type AccountId, type DeviceId, uuidV4 } from '../../src/protocol/ids.ts'
import {
  type Prekey,
  type PrekeyBundle,
  type PrekeyKind,
  prekeySignedBytes,
} from '../../src/protocol/prekeys.ts'
import { MemoryBook, PrekeyDrawer } from './memory-book.ts'

/** SHA-256 in counter mode: the same seed is the same device, byte for byte, on every provider. */
export function seededRandom(seed: string): (length: number) => Uint8Array {
  let counter = 0
  return (length) => {
    const out = new Uint8Array(length)
    for (let at = 0; at < length; at += 32) {
      const block = createHash('sha256').update(`${seed} ${counter}`).digest()
      counter += 1
      out.set(block.subarray(0, Math.min(32, length - at)), at)
    }
    return out
  }
}

export type Clock = () => number

/** A clock of one's own that moves by one at each look. */
export function tickingClock(start = 1_750_000_000_000): Clock {
  let now = start
  return () => {
    now += 1
    return now
  }
}

export const seededEnv = (
  primitives: Primitives,
  seed: string,
  now: Clock = tickingClock(),
): CryptoEnv => ({ primitives, random: seededRandom(seed), now })

export interface BundleChoice {
  readonly curveOneTime?: boolean
  readonly kemKind?: PrekeyBundle['kemKind']
}

export class SessionDevice {
  readonly env: CryptoEnv
  readonly local: LocalDevice
  readonly drawer = new PrekeyDrawer()
  readonly #books = new Map<DeviceId, MemoryBook>()
  readonly #lasting = new Map<PrekeyKind, Prekey>()
  #nextId = 1

  constructor(primitives: Primitives, seed: string, now?: Clock) {
    this.env = seededEnv(primitives, seed, now)
    const { random } = this.env
    this.local = {
      account: uuidV4<AccountId>(random(16)),
      accountKey: primitives.ed25519KeyPair(random(32)).publicKey,
      device: uuidV4<DeviceId>(random(16)),
      signing: primitives.ed25519KeyPair(random(32)),
      agreement: primitives.x25519KeyPair(random(32)),
    }
  }

  get public(): PeerDevice {
    const { account, accountKey, device, signing, agreement } = this.local
    return {
      account,
      accountKey,
      device,
      signingKey: signing.publicKey,
      agreementKey: agreement.publicKey,
    }
  }

  book(peer: SessionDevice): MemoryBook {
    const found = this.#books.get(peer.local.device)
    if (found !== undefined) return found
    const made = new MemoryBook(this.drawer)
    this.#books.set(peer.local.device, made)
    return made
  }

  /** As it was made, but for its prekeys: those stay. */
  forget(): void {
    this.#books.clear()
  }

  newPrekey(kind: PrekeyKind): Prekey {
    const { primitives, random, now } = this.env
    const id = this.#nextId
    this.#nextId += 1
    const pair = kind.startsWith('kem')
      ? primitives.mlKemKeyPair(random(64))
      : primitives.x25519KeyPair(random(32))
    this.drawer.put(kind, id, pair)
    return this.signPrekey(kind, { id, key: pair.publicKey, createdAt: now() })
  }

  signPrekey(kind: PrekeyKind, prekey: Omit<Prekey, 'signature'>): Prekey {
    const { signing, device } = this.local
    const message = prekeySignedBytes(kind, device, prekey)
    return { ...prekey, signature: this.env.primitives.ed25519Sign(signing.privateKey, message) }
  }

  bundle(choice: BundleChoice = {}): PrekeyBundle {
    const kemKind = choice.kemKind ?? 'kem-last-resort'
    return {
      device: this.local.device,
      curveSigned: this.#lastingKey('curve-signed'),
      ...(choice.curveOneTime === false ? {} : { curveOneTime: this.newPrekey('curve-one-time') }),
      kem: kemKind === 'kem-one-time' ? this.newPrekey(kemKind) : this.#lastingKey(kemKind),
      kemKind,
    }
  }

  start(peer: SessionDevice, choice: BundleChoice = {}, env: CryptoEnv = this.env): void {
    const book = this.book(peer)
    book.apply(startSession(env, this.local, peer.public, peer.bundle(choice), book))
  }

  seal(peer: SessionDevice, plaintext: Uint8Array, env: CryptoEnv = this.env): Uint8Array {
    const book = this.book(peer)
    const { change, envelope } = encryptTo(env, this.local, peer.public, book, plaintext)
    book.apply(change)
    return envelope
  }

  /** Opens without storing. */
  peek(peer: SessionDevice, envelope: Uint8Array, env: CryptoEnv = this.env): Opened {
    return decryptFrom(env, this.local, peer.public, this.book(peer), envelope)
  }

  open(peer: SessionDevice, envelope: Uint8Array): Opened {
    const opened = this.peek(peer, envelope)
    this.book(peer).apply(opened.change)
    return opened
  }

  active(peer: SessionDevice): Uint8Array | undefined {
    return this.book(peer).sessions.find((session) => session.active)?.session
  }

  #lastingKey(kind: PrekeyKind): Prekey {
    const found = this.#lasting.get(kind)
    if (found !== undefined) return found
    const made = this.newPrekey(kind)
    this.#lasting.set(kind, made)
    return made
  }
}
