// One run: people who write to each other over a bad network with processes that die, then peace,
// until nothing moves any more. Each step is one choice of chance.

import type { OutboxRow, Store } from '../../../src/store/port.ts'
import { Chance } from './chance.ts'
import { Device, type Plants } from './device.ts'
import { SealLog, testPrimitives } from './primitives.ts'
import { copyOf, headOfList, makeProfile, type Profile, START } from './profile.ts'
import { type Data, ModelServer } from './server.ts'
import { wishOf } from './wishes.ts'

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
/** A device answers two claims of a server that it went back at once, and a third when an hour is over. */
const LONGEST_AFTER_CLAIMS_MS = 3_600_000 + LONGEST_WAIT_MS
/** Peace must come within this: far more than a run that converges ever needs. */
const PEACE_STEPS = 6_000

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** What a clock is set to: near enough for the server, a little off, days, more than a year. */
const SKEWS = [0, MINUTE_MS, -MINUTE_MS, 10 * MINUTE_MS, -10 * MINUTE_MS, 10 * DAY_MS]
const FAR_SKEWS = [-10 * DAY_MS, 40 * DAY_MS, 400 * DAY_MS, -400 * DAY_MS]

export interface Weather {
  readonly crashes: boolean
  readonly losses: boolean
  /** Clocks of devices leap, and come home in the end. */
  readonly clocks?: boolean
  /** The server goes back to an older state: by its operator's restore, or by a copy that nothing
   *  tells of. */
  readonly back?: 'restored' | 'copied'
  /** Writes down every choice. */
  readonly trace?: boolean
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
  #copy: { readonly data: Data; readonly devices: number } | undefined
  /** How often the server went back. */
  era = 0

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

  get weather(): Weather {
    return this.#weather
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
    this.#note(undefined, 'peace')
    await this.#peace()
  }

  async #peace(): Promise<void> {
    const wait = this.era > 0 ? LONGEST_AFTER_CLAIMS_MS : LONGEST_WAIT_MS
    const until = this.#now + wait
    for (let step = 0; step < PEACE_STEPS; step += 1) {
      for (const device of this.devices) this.#comeHome(device)
      if (this.#quiet()) {
        if (this.#now > until) return
        const next = Math.min(...this.devices.map((device) => device.nextTick ?? this.#now))
        this.#now = Math.max(this.#now + 1, Math.min(next, until + 1))
      }
      await this.#step(this.devices)
    }
    throw new Error(`no peace: ${this.#describe()}`)
  }

  /** A clock that is set is noticed at the next login, and within the hour by who sleeps. */
  #comeHome(device: Device): void {
    if (device.skew === 0 || device.busy > 0 || device.calls.length > 0) return
    device.skew = 0
    device.disconnect()
    device.nextTick = this.#now
  }

  #quiet(): boolean {
    return this.devices.every(
      (device) =>
        device.skew === 0 &&
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
        device.taken.push({ message: row.message, log, seq, era: this.era })
    }
    this.#note(device, 'appends', row.row, answer.kind)
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
      this.#note(device, 'dies', at, device.fuse.left)
    }
    if (crashes && this.chance.happens(1)) device.crash()
    if (this.chance.happens(1)) this.#link()
    if (this.#weather.clocks === true && this.chance.happens(3)) this.#setClock(device)
    if (this.#weather.back !== undefined) this.#goBack(this.#weather.back)
  }

  /** Between two things that a device does: what was asked at one time is not answered at another. */
  #setClock(device: Device): void {
    if (device.busy > 0 || device.calls.length > 0) return
    device.skew = this.chance.pick(this.chance.happens(50) ? SKEWS : FAR_SKEWS) ?? 0
    this.#note(device, 'clock', device.skew)
  }

  /** Never over a device list: clients refuse one that went back, as they should (A1). */
  #goBack(how: 'restored' | 'copied'): void {
    if (this.chance.happens(3))
      this.#copy = { data: this.server.copy(), devices: this.devices.length }
    if (this.#copy?.devices !== this.devices.length || !this.chance.happens(2)) return
    if (how === 'restored') this.server.restore(this.#copy.data)
    else this.server.goBack(this.#copy.data)
    this.era += 1
    this.#note(undefined, how)
    for (const device of this.devices) device.disconnect()
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
    const intent = wishOf({
      chance: this.chance,
      device,
      now: this.#now,
      text: (from) => this.#text(from),
    })
    if (intent === undefined) return
    this.#note(device, 'wishes', intent.kind)
    device.submit(intent)
  }

  #text(from: string): string {
    this.#written += 1
    return `${from} ${this.#written}`
  }

  #note(device: Device | undefined, ...words: readonly (string | number)[]): void {
    if (this.#weather.trace !== true) return
    const who = device === undefined ? 'server' : device.profile.name
    this.trace.push(`${this.#now - START} ${who} ${words.join(' ')}`)
  }
}
