// The sending half of the Double Ratchet: a state and a plaintext in, the next state and an
// envelope out.

import { encode } from '../../protocol/codec.ts'
import { type Envelope, envelopeCodec, SUITE } from '../../protocol/envelope.ts'
import type { CryptoEnv } from '../primitives.ts'
import { advance } from './chain.ts'
import { sealMessage } from './message.ts'
import { stepRoot } from './root.ts'
import type { Opening, RatchetState, Receiving, Sending } from './state.ts'

interface Encrypted {
  readonly state: RatchetState
  readonly envelope: Uint8Array
}

export function ratchetEncrypt(
  env: CryptoEnv,
  session: Uint8Array,
  state: RatchetState,
  plaintext: Uint8Array,
): Encrypted {
  const ready = state.kind === 'receiving' ? newChain(env, state) : state
  const { messageKey, next } = advance(env.primitives, ready.send)
  const header = {
    ratchetKey: ready.own.publicKey,
    previous: ready.kind === 'opening' ? 0 : ready.previous,
    index: ready.send.index,
  }
  const kind = ready.kind === 'opening' ? 'first' : 'ratchet'
  const frame = { session, from: ready.role, kind, header } as const
  const sealed = sealMessage(env.primitives, messageKey, frame, plaintext)
  messageKey.fill(0)
  return {
    state: { ...ready, send: next },
    envelope: encode(envelopeCodec, envelopeOf(ready, header, sealed)),
  }
}

function envelopeOf(
  state: Opening | Sending,
  header: Envelope['header'],
  sealed: Uint8Array,
): Envelope {
  if (state.kind === 'sending') return { kind: 'ratchet', suite: SUITE, header, sealed }
  return { kind: 'first', suite: SUITE, handshake: state.head, header, sealed }
}

/** A fresh key pair of ours against the peer's newest key. */
function newChain(env: CryptoEnv, state: Receiving): Sending {
  const own = env.primitives.x25519KeyPair(env.random(32))
  const { root, chain } = stepRoot(env.primitives, {
    root: state.root,
    privateKey: own.privateKey,
    publicKey: state.peer,
  })
  return { ...state, kind: 'sending', root, own, send: chain }
}
