// No key and nonce ever seal two plaintexts (I5): every seal of long conversations is logged. In
// them no key seals twice at all; where a state is taken up again, its nonces differ.

import { describe, expect, test } from 'vitest'
import type { AeadInput, Primitives } from '../../src/crypto/primitives.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { toHex, utf8 } from '../../src/protocol/bytes.ts'
import { deep } from '../helpers/deep.ts'
import { memoSlow } from '../helpers/memo-slow.ts'
import { SessionDevice, seededRandom } from '../helpers/session-device.ts'

const logging = (primitives: Primitives, log: (box: AeadInput) => void): Primitives => ({
  ...primitives,
  aesGcmSeal(box) {
    log({ ...box, key: box.key.slice() })
    return primitives.aesGcmSeal(box)
  },
})

describe('across conversations with losses, resets and simultaneous starts', () => {
  test(
    'no key comes twice',
    () => {
      const seen = new Set<string>()
      let seals = 0
      const primitives = logging(memoSlow(nodePrimitives), ({ key }) => {
        seals += 1
        seen.add(toHex(nodePrimitives.sha256(key)))
      })
      const ann = new SessionDevice(primitives, 'nonces ann')
      const ben = new SessionDevice(primitives, 'nonces ben')
      const random = seededRandom('nonces')
      ann.start(ben, { curveOneTime: false })
      ben.start(ann, { curveOneTime: false })
      const total = deep(4_000, 100_000)
      for (let step = 0; step < total; step += 1) {
        const [what = 0] = random(1)
        const [from, to] = what % 2 === 0 ? [ann, ben] : [ben, ann]
        if (what === 0) from.start(to, { curveOneTime: false })
        const envelope = from.seal(to, utf8('the same plaintext'))
        if (what > 40) to.open(from, envelope)
      }
      expect(seals).toBe(total)
      expect(seen.size).toBe(total)
    },
    deep(180_000, 3_600_000),
  )
})

describe('a state that is taken up again', () => {
  /** Ann seals `first`; then her state is what it was, and she seals `second`. */
  function twice(first: string, second: string): readonly AeadInput[] {
    const boxes: AeadInput[] = []
    const primitives = logging(memoSlow(nodePrimitives), (box) => boxes.push(box))
    const ann = new SessionDevice(primitives, 'nonces ann')
    const ben = new SessionDevice(primitives, 'nonces ben')
    ann.start(ben)
    const { sessions } = ann.book(ben)
    ann.seal(ben, utf8(first))
    const [stored] = sessions
    if (stored === undefined) throw new Error('no session')
    ann.book(ben).loseSessions()
    ann.book(ben).apply({
      put: [stored],
      drop: [],
      skippedAdded: [],
      skippedUsed: [],
      prekeysUsed: [],
      handshakeSeen: undefined,
    })
    ann.seal(ben, utf8(second))
    return boxes
  }

  test('has the same key and, for another plaintext, another nonce', () => {
    const [one, two] = twice('one', 'two')
    expect(two?.key).toEqual(one?.key)
    expect(two?.nonce).not.toEqual(one?.nonce)
  })

  test('has the same nonce for the same plaintext: nothing more is sealed by it', () => {
    const [one, two] = twice('one', 'one')
    expect(two).toEqual(one)
  })
})
