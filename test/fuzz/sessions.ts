// Two devices and a network that drops, delays, repeats, reorders and changes what they say. Each
// text is opened at most once, by the other one, as it was said; what is refused changes nothing;
// what was only delayed opens.

import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { SessionError } from '../../src/crypto/session.ts'
import { fromUtf8, utf8 } from '../../src/protocol/bytes.ts'
import { memoSlow } from '../helpers/memo-slow.ts'
import { SessionDevice } from '../helpers/session-device.ts'
import { type Chance, xorshift } from './inputs.ts'

/** Then two others meet. */
const STEPS_A_MEETING = 400
const MOST_UNDER_WAY = 40

interface Sent {
  readonly from: 0 | 1
  readonly text: string
  readonly envelope: Uint8Array
}

export function fuzzSessions(seed: number, steps: number): void {
  const chance = xorshift(seed)
  const primitives = memoSlow(nodePrimitives)
  for (let done = 0; done < steps; done += STEPS_A_MEETING) {
    const name = `${seed} ${done}`
    const pair = [
      new SessionDevice(primitives, `ann ${name}`),
      new SessionDevice(primitives, `ben ${name}`),
    ] as const
    try {
      new Meeting(pair, chance).run(Math.min(STEPS_A_MEETING, steps - done))
    } catch (error) {
      throw new Error(`sessions: seed ${seed}, meeting at step ${done}`, { cause: error })
    }
  }
}

class Meeting {
  readonly #devices: readonly [SessionDevice, SessionDevice]
  readonly #chance: Chance
  readonly #opened = new Set<string>()
  #underWay: Sent[] = []
  #arrived: Sent[] = []
  #said = 0

  constructor(devices: readonly [SessionDevice, SessionDevice], chance: Chance) {
    this.#devices = devices
    this.#chance = chance
    const [ann, ben] = devices
    ann.start(ben)
    // Now and then both begin at once.
    if (chance() % 3 === 0) ben.start(ann)
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step += 1) {
      switch (this.#chance() % 8) {
        case 0:
        case 1:
        case 2:
          this.#say(this.#chance() % 2 === 0 ? 0 : 1)
          break
        case 3:
          this.#forge()
          break
        case 4:
          this.#repeat()
          break
        case 5:
          if (this.#underWay.length > MOST_UNDER_WAY) this.#take(this.#underWay)
          break
        default:
          this.#deliver()
      }
    }
    while (this.#underWay.length > 0) this.#deliver()
  }

  #say(from: 0 | 1): void {
    const [sender, receiver] = this.#pair(from)
    if (sender.active(receiver) === undefined) return
    this.#said += 1
    const text = `${from} says ${this.#said}`
    this.#underWay.push({ from, text, envelope: sender.seal(receiver, utf8(text)) })
  }

  #deliver(): void {
    const sent = this.#take(this.#underWay)
    if (sent === undefined) return
    const [sender, receiver] = this.#pair(sent.from)
    const text = fromUtf8(receiver.open(sender, sent.envelope).plaintext)
    if (text !== sent.text) throw new Error(`${sent.text} came as ${text}`)
    if (this.#opened.has(text)) throw new Error(`${text} came twice`)
    this.#opened.add(text)
    this.#arrived.push(sent)
  }

  #repeat(): void {
    const sent = this.#arrived[this.#chance() % Math.max(1, this.#arrived.length)]
    if (sent !== undefined) this.#refused(sent.from, sent.envelope)
  }

  #forge(): void {
    const sent = this.#underWay[this.#chance() % Math.max(1, this.#underWay.length)]
    if (sent === undefined) return
    const forged = sent.envelope.slice()
    const at = this.#chance() % forged.length
    forged[at] = (forged[at] ?? 0) ^ (1 << (this.#chance() % 8))
    this.#refused(sent.from, this.#chance() % 4 === 0 ? forged.subarray(0, at) : forged)
    // Back to whom it came from.
    this.#refused(sent.from === 0 ? 1 : 0, sent.envelope)
  }

  #refused(from: 0 | 1, envelope: Uint8Array): void {
    const [sender, receiver] = this.#pair(from)
    const before = receiver.book(sender).snapshot()
    try {
      receiver.open(sender, envelope)
    } catch (error) {
      if (!(error instanceof SessionError)) throw error
      if (receiver.book(sender).snapshot() !== before)
        throw new Error('a refusal changed the state')
      return
    }
    throw new Error('what nobody said was opened')
  }

  #pair(from: 0 | 1): readonly [SessionDevice, SessionDevice] {
    const [ann, ben] = this.#devices
    return from === 0 ? [ann, ben] : [ben, ann]
  }

  #take(from: Sent[]): Sent | undefined {
    return from.splice(this.#chance() % Math.max(1, from.length), 1)[0]
  }
}
