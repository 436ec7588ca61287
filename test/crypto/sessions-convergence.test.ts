// Both begin at once, over a network that reorders, and lose their sessions at bad moments: in the
// end both speak in the same session, and what was sent before any loss is read (R7).

import { describe, expect, test } from 'vitest'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { fromUtf8, toHex, utf8 } from '../../src/protocol/bytes.ts'
import { deep } from '../helpers/deep.ts'
import { memoSlow } from '../helpers/memo-slow.ts'
import { refusal } from '../helpers/refusal.ts'
import { SessionDevice, seededRandom } from '../helpers/session-device.ts'

const primitives = memoSlow(nodePrimitives)
/** One clock that moves slowly: starts at the same millisecond are common. */
let ticks = 0
const clock = (): number => {
  ticks += 1
  return 1_750_000_000_000 + Math.floor(ticks / 8)
}
const ann = new SessionDevice(primitives, 'both ann', clock)
const ben = new SessionDevice(primitives, 'both ben', clock)

interface UnderWay {
  readonly from: SessionDevice
  readonly to: SessionDevice
  readonly text: string
  readonly envelope: Uint8Array
}

/** A choice among `count`, out of the seed. */
function chooser(seed: string): (count: number) => number {
  const random = seededRandom(seed)
  return (count) => {
    const [high = 0, low = 0] = random(2)
    return (high * 256 + low) % count
  }
}

class Network {
  readonly #bag: UnderWay[] = []
  readonly #choose: (count: number) => number
  #sent = 0
  readonly read = new Set<string>()

  constructor(seed: string) {
    this.#choose = chooser(seed)
  }

  get sent(): number {
    return this.#sent
  }

  get empty(): boolean {
    return this.#bag.length === 0
  }

  send(from: SessionDevice, to: SessionDevice): void {
    const text = `${this.#sent}`
    this.#sent += 1
    this.#bag.push({ from, to, text, envelope: from.seal(to, utf8(text)) })
  }

  /** Any of those under way, with no regard to order. */
  take(inOrder: boolean): UnderWay {
    const at = inOrder ? 0 : this.#choose(this.#bag.length)
    const [taken] = this.#bag.splice(at, 1)
    if (taken === undefined) throw new Error('nothing under way')
    return taken
  }

  deliver(inOrder: boolean): void {
    const { from, to, text, envelope } = this.take(inOrder)
    expect(fromUtf8(to.open(from, envelope).plaintext)).toBe(text)
    expect(this.read.has(text)).toBe(false)
    this.read.add(text)
  }
}

const activeIds = (): readonly (string | undefined)[] =>
  [ann.active(ben), ben.active(ann)].map((id) => id && toHex(id))

function bothBegin(): void {
  for (const device of [ann, ben]) device.forget()
  ann.start(ben, { curveOneTime: false })
  ben.start(ann, { curveOneTime: false })
}

describe('when both begin at once', () => {
  test.each([
    { inOrder: false, seeds: deep(1_000, 20_000) },
    { inOrder: true, seeds: deep(300, 20_000) },
  ])(
    'they come to one session and lose nothing (in order: $inOrder, $seeds seeds)',
    ({ inOrder, seeds }) => {
      for (let seed = 0; seed < seeds; seed += 1) {
        bothBegin()
        const choose = chooser(`steps ${inOrder} ${seed}`)
        const network = new Network(`order ${inOrder} ${seed}`)
        for (let step = 0; step < 12; step += 1) {
          const what = choose(4)
          if (what === 0) network.send(ann, ben)
          else if (what === 1) network.send(ben, ann)
          else if (!network.empty) network.deliver(inOrder)
        }
        while (!network.empty) network.deliver(inOrder)
        for (const [from, to] of [
          [ann, ben],
          [ben, ann],
          [ann, ben],
        ] as const) {
          network.send(from, to)
          network.deliver(inOrder)
        }
        expect(network.read.size).toBe(network.sent)
        const [one, other] = activeIds()
        expect(one).toBeDefined()
        expect(one).toBe(other)
      }
    },
    deep(180_000, 3_600_000),
  )
})

describe('when sessions are lost at any moment', () => {
  /** What the engine does with what it cannot read: begin anew and say so. */
  function deliverOrReset(network: Network): void {
    const { from, to, envelope } = network.take(false)
    try {
      to.open(from, envelope)
    } catch (error) {
      refusal(() => {
        throw error
      })
      to.start(from, { curveOneTime: false })
      network.send(to, from)
    }
  }

  function sendOrStart(network: Network, from: SessionDevice, to: SessionDevice): void {
    if (from.active(to) === undefined) from.start(to, { curveOneTime: false })
    network.send(from, to)
  }

  test(
    'both hear each other again within a few messages',
    () => {
      const seeds = deep(200, 10_000)
      for (let seed = 0; seed < seeds; seed += 1) {
        bothBegin()
        const choose = chooser(`loss ${seed}`)
        const network = new Network(`loss order ${seed}`)
        for (let step = 0; step < 25; step += 1) {
          const what = choose(9)
          if (what < 2) sendOrStart(network, ann, ben)
          else if (what < 4) sendOrStart(network, ben, ann)
          else if (what === 4 && choose(3) === 0) ann.book(ben).loseSessions()
          else if (what === 5 && choose(3) === 0) ben.book(ann).loseSessions()
          else if (!network.empty) deliverOrReset(network)
        }
        let rounds = 0
        while (!network.empty && rounds < 100) {
          deliverOrReset(network)
          rounds += 1
        }
        expect(network.empty).toBe(true)
        for (let round = 0; round < 3; round += 1) {
          for (const [from, to] of [
            [ann, ben],
            [ben, ann],
          ] as const) {
            sendOrStart(network, from, to)
            while (!network.empty) deliverOrReset(network)
          }
        }
        sendOrStart(network, ann, ben)
        network.deliver(true)
        sendOrStart(network, ben, ann)
        network.deliver(true)
        const [one, other] = activeIds()
        expect(one).toBe(other)
      }
    },
    deep(180_000, 3_600_000),
  )
})
