// Two devices of ours with one session between them, stored in memory as the bytes that a profile
// stores, and nothing else: what is measured is the ratchet.

import { realEnv } from '../../src/client/env.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import type { SessionBook, SessionChange, StoredSession } from '../../src/crypto/session.ts'
import { decryptFrom, encryptTo } from '../../src/crypto/sessions.ts'
import { SessionDevice } from '../../test/helpers/session-device.ts'
import type { Contender } from './contender.ts'

/** A session that loses nothing: no key is ever skipped. */
class Book implements SessionBook {
  sessions: readonly StoredSession[]

  constructor(sessions: readonly StoredSession[]) {
    this.sessions = sessions
  }

  skipped(): undefined {
    return undefined
  }

  skippedCount(): number {
    return 0
  }

  prekey(): undefined {
    return undefined
  }

  handshakeSeen(): boolean {
    return false
  }

  apply(change: SessionChange): void {
    this.sessions = change.put
  }
}

export function ownContender(): Contender {
  const first = new SessionDevice(nodePrimitives, 'bench ann')
  const second = new SessionDevice(nodePrimitives, 'bench ben')
  first.start(second)
  second.open(first, first.seal(second, Uint8Array.of(1)))
  first.open(second, second.seal(first, Uint8Array.of(1)))
  const ann = {
    local: first.local,
    peer: second.public,
    book: new Book(first.book(second).sessions),
  }
  const ben = {
    local: second.local,
    peer: first.public,
    book: new Book(second.book(first).sessions),
  }
  const carry = (from: typeof ann, to: typeof ann, plaintext: Uint8Array): void => {
    const sealed = encryptTo(realEnv, from.local, from.peer, from.book, plaintext)
    from.book.apply(sealed.change)
    const opened = decryptFrom(realEnv, to.local, to.peer, to.book, sealed.envelope)
    to.book.apply(opened.change)
  }
  return {
    name: 'sotto',
    async oneWay(count, plaintext) {
      for (let sent = 0; sent < count; sent += 1) carry(ann, ben, plaintext)
    },
    async pingPong(count, plaintext) {
      for (let sent = 0; sent < count; sent += 2) {
        carry(ann, ben, plaintext)
        carry(ben, ann, plaintext)
      }
    },
  }
}
