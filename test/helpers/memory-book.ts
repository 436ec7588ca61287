// What a store keeps of one peer device, in memory: a session book that changes can be applied to,
// all at once, with the trimming that the store does.

import { MAX_SKIPPED_KEPT } from '../../src/crypto/ratchet/limits.ts'
import type {
  PrivatePrekey,
  SessionBook,
  SessionChange,
  StoredSession,
} from '../../src/crypto/session.ts'
import { toHex } from '../../src/protocol/bytes.ts'
import type { PrekeyKind } from '../../src/protocol/prekeys.ts'

const skippedName = (session: Uint8Array, ratchetKey: Uint8Array, index: number): string =>
  `${toHex(session)} ${toHex(ratchetKey)} ${index}`

/** One-time and signed keys belong to the device, not to one peer. */
export class PrekeyDrawer {
  readonly #keys = new Map<string, PrivatePrekey>()

  put(kind: PrekeyKind, id: number, key: PrivatePrekey): void {
    this.#keys.set(`${kind} ${id}`, key)
  }

  get(kind: PrekeyKind, id: number): PrivatePrekey | undefined {
    return this.#keys.get(`${kind} ${id}`)
  }

  delete(kind: PrekeyKind, id: number): void {
    this.#keys.delete(`${kind} ${id}`)
  }

  names(): readonly string[] {
    return [...this.#keys.keys()].sort()
  }
}

export class MemoryBook implements SessionBook {
  #sessions: readonly StoredSession[] = []
  /** In the order of their making, so the first is the oldest. */
  readonly #skipped = new Map<string, { readonly session: string; readonly key: Uint8Array }>()
  readonly #seen = new Set<string>()
  readonly #drawer: PrekeyDrawer

  constructor(drawer: PrekeyDrawer) {
    this.#drawer = drawer
  }

  get sessions(): readonly StoredSession[] {
    return this.#sessions
  }

  skipped(session: Uint8Array, ratchetKey: Uint8Array, index: number): Uint8Array | undefined {
    return this.#skipped.get(skippedName(session, ratchetKey, index))?.key
  }

  skippedCount(session: Uint8Array): number {
    const name = toHex(session)
    return [...this.#skipped.values()].filter((row) => row.session === name).length
  }

  prekey(kind: PrekeyKind, id: number): PrivatePrekey | undefined {
    return this.#drawer.get(kind, id)
  }

  handshakeSeen(hash: Uint8Array): boolean {
    return this.#seen.has(toHex(hash))
  }

  apply(change: SessionChange): void {
    const bySession = new Map(this.#sessions.map((row) => [toHex(row.session), row]))
    if (change.put.some((row) => row.active)) {
      for (const [name, row] of bySession) bySession.set(name, { ...row, active: false })
    }
    for (const row of change.put) bySession.set(toHex(row.session), row)
    for (const session of change.drop) this.#drop(bySession, toHex(session))
    this.#sessions = [...bySession.values()].sort((a, b) => Number(b.active) - Number(a.active))
    for (const key of change.skippedUsed) {
      this.#skipped.delete(skippedName(key.session, key.ratchetKey, key.index))
    }
    for (const { session, ratchetKey, index, messageKey } of change.skippedAdded) {
      const name = skippedName(session, ratchetKey, index)
      this.#skipped.set(name, { session: toHex(session), key: messageKey })
    }
    for (const session of new Set(change.skippedAdded.map((key) => toHex(key.session)))) {
      this.#trim(session)
    }
    for (const { kind, id } of change.prekeysUsed) this.#drawer.delete(kind, id)
    if (change.handshakeSeen !== undefined) this.#seen.add(toHex(change.handshakeSeen))
  }

  /** Everything stored, as one text: two equal texts are two equal stores. */
  snapshot(): string {
    return JSON.stringify([
      this.#sessions.map((row) => [toHex(row.session), toHex(row.state), row.active]),
      [...this.#skipped].map(([name, row]) => [name, toHex(row.key)]),
      [...this.#seen],
      this.#drawer.names(),
    ])
  }

  /** The profile lost its sessions, as after a restored backup; prekeys stay. */
  loseSessions(): void {
    this.#sessions = []
    this.#skipped.clear()
  }

  #drop(sessions: Map<string, StoredSession>, session: string): void {
    sessions.delete(session)
    for (const [name, row] of this.#skipped) {
      if (row.session === session) this.#skipped.delete(name)
    }
  }

  #trim(session: string): void {
    const names = [...this.#skipped].filter(([, row]) => row.session === session)
    for (const [name] of names.slice(0, Math.max(0, names.length - MAX_SKIPPED_KEPT))) {
      this.#skipped.delete(name)
    }
  }
}
