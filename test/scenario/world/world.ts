// One run: people who write to each other over a bad network with processes that die, then peace,
// until nothing moves any more. Each step is one choice of chance.

import type { Intent } from '../../../src/engine/intent.ts'
import type { ChatId } from '../../../src/protocol/ids.ts'
import type { MessageRow, OutboxRow, Store } from '../../../src/store/port.ts'
import { Chance } from './chance.ts'
import { Device, type Plants } from './device.ts'
import { SealLog, testPrimitives } from './primitives.ts'
import { copyOf, headOfList, makeProfile, type Profile, START } from './profile.ts'
import { ModelServer } from './server.ts'

const ALICE = makeProfile('alice', 1, 1)
const BOB = makeProfile('bob', 2, 2)
const CAROL = makeProfile('carol', 3, 3)
/** Bob's second device; in the list only from some moment of the run on. */
const BOB_LAPTOP = makeProfile('bob', 2, 4)
const PEOPLE: readonly Profile[] = [ALICE, BOB, CAROL]

/** Enough for several hundred sends, crashes and losses of one run. */
const STORM_STEPS = 80
/** Longer than a receipt, a retry or a scheduled message ever waits. */
const LONGEST_WAIT_MS = 12_000
/** Peace must come within this: far more than a run that converges ever needs. */
const PEACE_STEPS = 6_000
const EMOJI = ['👍', '🎉', '❤️', '🙈'] as const

export interface Weather {
  readonly crashes: boolean
  readonly losses: boolean
}

export class World {
  readonly chance: Chance
  readonly server = new ModelServer()
  readonly devices: Device[] = []
  readonly seals = new SealLog()
  readonly trace: string[] = []
  readonly #plants: Plants
  readonly #weather: Weather
  readonly #makeStore: (profile: Profile) => Store
  #now = START
  #written = 0
  #storming = true

  constructor(seed: number, weather: Weather, plants: Plants = {}, makeStore = copyOf) {
    this.chance = new Chance(seed)
    this.#plants = plants
    this.#weather = weather
    this.#makeStore = makeStore
    for (const profile of PEOPLE) {
      this.server.addAccount(profile, profile.list, profile.head)
      this.#add(profile)
    }
  }

  get now(): number {
    return this.#now
  }

  async run(): Promise<void> {
    for (const [index, device] of this.devices.entries()) {
      device.connect()
      const to = this.devices[(index + 1) % this.devices.length]
      if (to !== undefined) device.submit({ kind: 'addContact', name: to.profile.name })
    }
    for (let step = 0; step < STORM_STEPS; step += 1) {
      await this.#step([this.chance.pick(this.devices)].filter((one) => one !== undefined))
    }
    this.#storming = false
    this.server.busyUntil = 0
    for (const device of this.devices) {
      device.online = true
      device.fuse = undefined
    }
    await this.#peace()
  }

  async #peace(): Promise<void> {
    const healed = this.#now
    for (let step = 0; step < PEACE_STEPS; step += 1) {
      if (this.#quiet()) {
        if (this.#now > healed + LONGEST_WAIT_MS) return
        const next = Math.min(...this.devices.map((device) => device.nextTick ?? this.#now))
        this.#now = Math.max(this.#now + 1, Math.min(next, healed + LONGEST_WAIT_MS + 1))
      }
      await this.#step(this.devices)
    }
    throw new Error(`no peace: ${this.#describe()}`)
  }

  #quiet(): boolean {
    return this.devices.every(
      (device) =>
        device.busy === 0 &&
        device.calls.length === 0 &&
        device.wire !== undefined &&
        device.wire.up.length === 0 &&
        device.wire.down.length === 0 &&
        device.driver.outbox(1).length === 0 &&
        this.server.waiting(device.log).length === 0 &&
        (device.nextTick ?? Number.POSITIVE_INFINITY) > this.#now,
    )
  }

  #describe(): string {
    return this.devices
      .map((device) =>
        JSON.stringify({
          busy: device.busy,
          calls: device.calls.length,
          up: device.wire?.up.map((frame) => frame.kind),
          down: device.wire?.down.map((frame) => frame.kind),
          outbox: device.driver.outbox(100).length,
          held: device.store.outboxSize(),
          waiting: this.server.waiting(device.log).length,
          tick: (device.nextTick ?? 0) - this.#now,
        }),
      )
      .join('\n')
  }

  #add(profile: Profile): Device {
    const chance = new Chance(this.chance.next())
    const env = {
      primitives: testPrimitives(this.seals),
      // Each look at the clock is a moment of its own, so that times tell the order of events.
      now: () => {
        this.#now += 1
        return this.#now
      },
      random: (length: number) => chance.bytes(length),
    }
    const device = new Device({
      profile,
      store: this.#makeStore(profile),
      env,
      server: this.server,
      seals: this.seals,
      plants: this.#plants,
    })
    this.server.upload(profile.local.device, profile.prekeys, false)
    this.devices.push(device)
    return device
  }

  /** In the storm one device at a time, so that each falls behind the others. */
  async #step(devices: readonly Device[]): Promise<void> {
    for (const device of devices) this.#act(device)
    this.#now += this.chance.below(40)
    // All promises that can settle do: nothing in a run waits for anything but the world.
    await new Promise((resolve) => setImmediate(resolve))
    for (const each of this.devices) {
      this.#push(each)
      each.pump()
    }
  }

  #act(device: Device): void {
    if (device.wire === undefined) {
      if (device.online && (!this.#storming || this.chance.happens(50))) device.connect()
    }
    if ((device.nextTick ?? Number.POSITIVE_INFINITY) <= this.#now && this.chance.happens(60)) {
      device.tick()
    }
    if (this.#storming && this.chance.happens(50)) this.#wish(device)
    if (this.#storming) this.#trouble(device)
    const turns = 1 + this.chance.below(5)
    for (let turn = 0; turn < turns; turn += 1) this.#move(device)
  }

  /** One thing on its way arrives: a call's answer, a frame up, a frame down. */
  #move(device: Device): void {
    const { wire } = device
    switch (this.chance.below(3)) {
      case 0:
        device.calls.shift()?.work()
        break
      case 1: {
        const frame = wire?.up.shift()
        if (frame?.kind === 'ack') this.server.ack(device.log, frame.upTo)
        if (frame?.kind === 'append') this.#append(device, frame.row)
        break
      }
      default: {
        const frame = wire?.down.shift()
        if (frame !== undefined) device.take(frame)
        // Said twice: a server that did not hear the acknowledgement says it again.
        if (frame?.kind === 'entries' && this.#storming && this.chance.happens(10)) {
          wire?.down.push(frame)
        }
      }
    }
  }

  #append(device: Device, row: OutboxRow): void {
    const { account, device: id } = device.profile.local
    const answer = this.server.append({ account, device: id }, row, this.#now)
    if (answer.kind === 'appended' && row.message !== undefined) {
      for (const { log, seq } of answer.results)
        device.taken.push({ message: row.message, log, seq })
    }
    device.wire?.down.push({ kind: 'answer', row, answer })
  }

  /** The server pushes what is new to whoever is connected, in batches of chance. */
  #push(device: Device): void {
    const { wire } = device
    if (wire === undefined) return
    const fresh = this.server.waiting(device.log).filter((entry) => entry.seq > wire.pushed)
    if (fresh.length === 0 || (this.#storming && this.chance.happens(50))) return
    const batch = fresh.slice(0, 1 + this.chance.below(4))
    wire.pushed = batch.at(-1)?.seq ?? wire.pushed
    wire.down.push({ kind: 'entries', entries: batch })
  }

  #trouble(device: Device): void {
    const { crashes, losses } = this.#weather
    if (losses && this.chance.happens(4)) device.disconnect()
    if (losses && this.chance.happens(3)) device.online = !device.online
    if (!device.online) device.disconnect()
    if (losses && this.chance.happens(1)) this.server.busyUntil = this.#now + 500
    if (crashes && this.chance.happens(4)) {
      const at = this.chance.happens(50) ? 'before' : 'after'
      device.fuse = { left: 1 + this.chance.below(4), at }
    }
    if (crashes && this.chance.happens(1)) device.crash()
    if (this.chance.happens(1)) this.#link()
  }

  /** Bob gets a laptop. */
  #link(): void {
    if (this.devices.length > PEOPLE.length) return
    const list = BOB.nextList([BOB.record, BOB_LAPTOP.record])
    this.server.publish(BOB.account, list, headOfList(list))
    const laptop = this.#add(BOB_LAPTOP)
    laptop.connect()
    for (const device of this.devices) device.refresh(BOB.account)
  }

  #wish(device: Device): void {
    const intent = this.#intent(device)
    if (intent !== undefined) device.submit(intent)
  }

  #intent(device: Device): Intent | undefined {
    const { store } = device
    const chats = store.chats().filter((chat) => chat.kind === 'direct')
    const chat = this.chance.pick(chats)
    if (chat === undefined) return undefined
    switch (this.chance.below(12)) {
      case 0: {
        const waiting = store.contacts().find((contact) => contact.relation === 'incoming')
        return waiting && { kind: 'acceptContact', account: waiting.account }
      }
      case 1:
        return { kind: 'markRead', chat: chat.id }
      case 2:
        return this.#about(device, chat.id, (message) => {
          const emoji = this.chance.pick(EMOJI) ?? '👍'
          return { kind: this.chance.happens(70) ? 'react' : 'unreact', message: message.id, emoji }
        })
      case 3:
        return this.#about(device, chat.id, (message) => ({
          kind: 'editMessage',
          message: message.id,
          text: this.#text('edited'),
        }))
      case 4:
        return this.#about(device, chat.id, (message) => ({
          kind: 'deleteForEveryone',
          message: message.id,
        }))
      default:
        return {
          kind: 'sendMessage',
          to: { kind: 'chat', chat: chat.id },
          body: { kind: 'text', text: this.#text(device.profile.name), mentions: [] },
          idempotencyKey: String(this.chance.next()),
          ...(this.chance.happens(10) && { dueAt: this.#now + this.chance.below(3_000) }),
        }
    }
  }

  #about(device: Device, chat: ChatId, make: (message: MessageRow) => Intent): Intent | undefined {
    const message = this.chance.pick(device.store.messages({ chat, limit: 20 }))
    return message && make(message)
  }

  #text(from: string): string {
    this.#written += 1
    return `${from} ${this.#written}`
  }
}
