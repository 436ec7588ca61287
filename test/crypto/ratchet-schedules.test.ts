// Two ratchets and an adversarial network against a model: every message opens exactly once, to
// what was sent, in whatever order, with whatever lost, doubled or bent on the way (R2, R3, R4).

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import type { SessionErrorCode } from '../../src/crypto/session.ts'
import { fromUtf8, utf8 } from '../../src/protocol/bytes.ts'
import { deep } from '../helpers/deep.ts'
import { memoSlow } from '../helpers/memo-slow.ts'
import { refusal } from '../helpers/refusal.ts'
import { SessionDevice } from '../helpers/session-device.ts'

type Side = 0 | 1
type Step =
  | { readonly kind: 'send'; readonly from: Side }
  /** Of everything ever sent, opened or not: so it reorders, doubles and, by leaving out, drops. */
  | { readonly kind: 'deliver'; readonly pick: number }
  | { readonly kind: 'next'; readonly to: Side }
  | { readonly kind: 'bend'; readonly pick: number; readonly at: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly pick: number; readonly length: number }
  | { readonly kind: 'reflect'; readonly pick: number }

const side = fc.constantFrom<Side>(0, 1)
const pick = fc.nat()
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send'), from: side }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('deliver'), pick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('next'), to: side }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('bend'),
      pick,
      // Around the KEM ciphertext, whose every flip costs a decapsulation (see sessions-forgery).
      at: fc.integer({ min: -250, max: 75 }),
      bit: fc.integer({ min: 0, max: 7 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), pick, length: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reflect'), pick }) },
) as fc.Arbitrary<Step>

/** What the model knows of a message: no keys, only what must come out. */
interface Sent {
  readonly from: Side
  readonly text: string
  readonly envelope: Uint8Array
  opened: boolean
}

const primitives = memoSlow(nodePrimitives)

const pair = [
  new SessionDevice(primitives, 'schedule ann'),
  new SessionDevice(primitives, 'schedule ben'),
] as const

class World {
  readonly devices = pair
  readonly sent: Sent[] = []

  constructor() {
    const [ann, ben] = this.devices
    ann.forget()
    ben.forget()
    ann.start(ben, { curveOneTime: false })
  }

  run(step: Step): void {
    if (step.kind === 'send') this.#send(step.from)
    else if (step.kind === 'next') {
      const next = this.sent.find((message) => !message.opened && message.from !== step.to)
      if (next !== undefined) this.#deliver(next)
    } else {
      const message = this.sent[step.pick % Math.max(1, this.sent.length)]
      if (message !== undefined) this.#attack(step, message)
    }
  }

  #attack(step: Exclude<Step, { kind: 'send' | 'next' }>, message: Sent): void {
    const [sender, receiver] = this.#ends(message.from)
    const { envelope } = message
    switch (step.kind) {
      case 'deliver':
        this.#deliver(message)
        break
      case 'bend':
        refuses(receiver, sender, bent(envelope, step.at, step.bit))
        break
      case 'cut':
        refuses(receiver, sender, envelope.subarray(0, step.length % envelope.length))
        break
      case 'reflect':
        refuses(sender, receiver, envelope)
        break
    }
  }

  /** Everything that is still under way arrives, the newest first. */
  settle(): void {
    for (const message of this.sent.toReversed()) if (!message.opened) this.#deliver(message)
  }

  #ends(from: Side): readonly [SessionDevice, SessionDevice] {
    const [ann, ben] = this.devices
    return from === 0 ? [ann, ben] : [ben, ann]
  }

  #send(from: Side): void {
    const [sender, receiver] = this.#ends(from)
    if (sender.active(receiver) === undefined) return
    const text = `message ${this.sent.length} of ${from}`
    const envelope = sender.seal(receiver, utf8(text))
    this.sent.push({ from, text, envelope, opened: false })
  }

  #deliver(message: Sent): void {
    const [sender, receiver] = this.#ends(message.from)
    if (message.opened) refuses(receiver, sender, message.envelope, 'duplicate')
    else {
      expect(fromUtf8(receiver.open(sender, message.envelope).plaintext)).toBe(message.text)
      message.opened = true
    }
  }
}

function refuses(
  receiver: SessionDevice,
  sender: SessionDevice,
  envelope: Uint8Array,
  code?: SessionErrorCode,
): void {
  const before = receiver.book(sender).snapshot()
  const error = refusal(() => receiver.open(sender, envelope))
  if (code !== undefined) expect(error.code).toBe(code)
  expect(receiver.book(sender).snapshot()).toBe(before)
}

function bent(envelope: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = envelope.slice()
  const index = at < 0 ? Math.max(0, copy.length + at) : at % copy.length
  copy[index] = (copy[index] ?? 0) ^ (1 << bit)
  return copy
}

describe('under any schedule', () => {
  test(
    'each message opens exactly once, to what was sent',
    () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
          const world = new World()
          for (const each of steps) world.run(each)
          world.settle()
          expect(world.sent.every((message) => message.opened)).toBe(true)
        }),
        { numRuns: deep(2_000, 100_000) },
      )
    },
    deep(180_000, 7_200_000),
  )
})
