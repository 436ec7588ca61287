// No key and nonce ever seal two plaintexts (I5): every seal of long conversations is logged.

import { describe, expect, test } from 'vitest'
import type { Primitives } from '../../src/crypto/primitives.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { toHex, utf8 } from '../../src/protocol/bytes.ts'
import { deep } from '../helpers/deep.ts'
import { memoSlow } from '../helpers/memo-slow.ts'
import { SessionDevice, seededRandom } from '../helpers/session-device.ts'

/** Logs H(key) ‖ nonce of every seal. */
function logging(primitives: Primitives, log: (name: string) => void): Primitives {
  return {
    ...primitives,
    aesGcmSeal(box) {
      log(`${toHex(primitives.sha256(box.key))} ${toHex(box.nonce)}`)
      return primitives.aesGcmSeal(box)
    },
  }
}

describe('across conversations with losses, resets and simultaneous starts', () => {
  test(
    'no key and nonce come twice',
    () => {
      const seen = new Set<string>()
      let seals = 0
      let repeats = 0
      const primitives = logging(memoSlow(nodePrimitives), (name) => {
        seals += 1
        if (seen.has(name)) repeats += 1
        seen.add(name)
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
      expect(repeats).toBe(0)
    },
    deep(180_000, 3_600_000),
  )

  test('the log does catch a state that is used twice', () => {
    const seen: string[] = []
    const primitives = logging(memoSlow(nodePrimitives), (name) => seen.push(name))
    const ann = new SessionDevice(primitives, 'nonces ann')
    const ben = new SessionDevice(primitives, 'nonces ben')
    ann.start(ben)
    const { sessions } = ann.book(ben)
    ann.seal(ben, utf8('one'))
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
    ann.seal(ben, utf8('two'))
    expect(new Set(seen).size).toBe(1)
  })
})
