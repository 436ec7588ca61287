// A few people and a quiet network, for stories told step by step: what is wished happens, and
// `settle` lets everything that is under way arrive.

import type { Outcome } from '../../../src/client/driver.ts'
import { pad } from '../../../src/crypto/padding.ts'
import { encryptTo } from '../../../src/crypto/sessions.ts'
import { type Content, encodeContent } from '../../../src/engine/content/content.ts'
import type { Body } from '../../../src/engine/content/kinds.ts'
import type { Intent } from '../../../src/engine/intent.ts'
import {
  type ChatId,
  type ClientId,
  type MessageId,
  uuidV4,
  uuidV7,
} from '../../../src/protocol/ids.ts'
import type { EventRow, MessageRow } from '../../../src/store/port.ts'
import { Chance } from './chance.ts'
import { Device, type Plants } from './device.ts'
import { SealLog, testPrimitives } from './primitives.ts'
import { copyOf, makeProfile, type Profile, START } from './profile.ts'
import { ModelServer } from './server.ts'

export const PROFILES = {
  alice: makeProfile('alice', 11, 11),
  bob: makeProfile('bob', 12, 12),
} as const

export class Town {
  readonly server = new ModelServer()
  readonly seals = new SealLog()
  now = START
  readonly alice: Device
  readonly bob: Device
  readonly #devices: Device[] = []

  constructor(plants: Plants = {}) {
    this.alice = this.add(PROFILES.alice, plants)
    this.bob = this.add(PROFILES.bob, plants)
    this.server.addAccount(PROFILES.alice, PROFILES.alice.list, PROFILES.alice.head)
    this.server.addAccount(PROFILES.bob, PROFILES.bob.list, PROFILES.bob.head)
  }

  add(profile: Profile, plants: Plants = {}): Device {
    const chance = new Chance(profile.local.signing.publicKey[0] ?? 0)
    const env = {
      primitives: testPrimitives(this.seals),
      now: () => this.now,
      random: (length: number) => chance.bytes(length),
    }
    const { server, seals } = this
    const device = new Device({ profile, store: copyOf(profile), env, server, seals, plants })
    this.server.upload(profile.local.device, profile.prekeys, false)
    this.#devices.push(device)
    device.connect()
    return device
  }

  /** Until nothing is under way but what waits for a later time. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      const moved = this.#devices.map((device) => this.#move(device)).some(Boolean)
      await new Promise((resolve) => setImmediate(resolve))
      for (const device of this.#devices) device.pump()
      quiet = moved || this.#devices.some((device) => device.busy > 0) ? 0 : quiet + 1
    }
  }

  async wish(device: Device, intent: Intent): Promise<Outcome> {
    let outcome: Outcome | undefined
    let failure: unknown
    void device.driver.submit(intent).then(
      (value) => {
        outcome = value
      },
      (error: unknown) => {
        failure = error
      },
    )
    while (outcome === undefined && failure === undefined) {
      this.#devices.map((each) => this.#move(each))
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (outcome === undefined) throw failure
    device.stir()
    await this.settle()
    return outcome
  }

  /** Time goes by, and whoever has something due wakes up. */
  async pass(milliseconds: number): Promise<void> {
    this.now += milliseconds
    for (const device of this.#devices) device.tick()
    await this.settle()
  }

  /** Alice and Bob, who accepted each other. */
  async befriend(): Promise<void> {
    await this.wish(this.alice, { kind: 'addContact', name: PROFILES.bob.name })
    await this.wish(this.bob, { kind: 'acceptContact', account: PROFILES.alice.account })
  }

  async say(
    from: Device,
    text: string,
    more: { dueAt?: number; expireAfter?: number; silent?: boolean } = {},
  ) {
    const intent: Intent = {
      kind: 'sendMessage',
      to: { kind: 'account', account: this.other(from).profile.account },
      body: { kind: 'text', text, mentions: [] },
      idempotencyKey: text,
      ...more,
    }
    const outcome = await this.wish(from, intent)
    if (outcome.kind !== 'done' || outcome.result.kind !== 'message') return undefined
    return from.store.message(outcome.result.message)
  }

  other(device: Device): Device {
    return device === this.alice ? this.bob : this.alice
  }

  chat(device: Device): ChatId {
    const chat = device.store.chatWith(this.other(device).profile.account, 'direct')
    if (chat === undefined) throw new Error('no chat')
    return chat.id
  }

  /** A content that no honest client sends, over the session that stands. */
  async forge(from: Device, body: Body, change: Partial<Content> = {}): Promise<MessageId> {
    const to = this.other(from)
    const { account } = to.profile
    const known = from.store.deviceList(account)
    const own = from.store.deviceList(from.profile.account)
    if (known === undefined || own === undefined) throw new Error('no list')
    const content: Content = {
      id: uuidV7<MessageId>(this.now, from.env.random(16)),
      sentAt: this.now,
      replyTo: undefined,
      expireAfter: undefined,
      silent: false,
      ownHead: own,
      peerHead: known,
      deviceName: 'forge',
      body,
      ...change,
    }
    this.sealRaw(from, pad(encodeContent(content)))
    await this.settle()
    return content.id
  }

  /** A message of the session that stands, bent on its way. */
  async bend(from: Device): Promise<void> {
    this.sealRaw(from, new Uint8Array(16), (envelope) => {
      envelope[envelope.length - 1] = (envelope.at(-1) ?? 0) ^ 1
    })
    await this.settle()
  }

  /** Whatever bytes, well encrypted. */
  sealRaw(
    from: Device,
    plaintext: Uint8Array,
    bent: (envelope: Uint8Array) => void = () => undefined,
  ): void {
    const to = this.other(from)
    const { account, accountKey, device, signing, agreement } = to.profile.local
    const peer = {
      account,
      accountKey,
      device,
      signingKey: signing.publicKey,
      agreementKey: agreement.publicKey,
    }
    const book = {
      sessions: from.store.sessions(device),
      skipped: () => undefined,
      skippedCount: () => 0,
      prekey: () => undefined,
      handshakeSeen: () => false,
    }
    const { change, envelope } = encryptTo(from.env, from.profile.local, peer, book, plaintext)
    from.store.transaction((tx) => {
      for (const session of change.put) {
        tx.putSession({ ...session, peer: device, updatedAt: this.now })
      }
    })
    bent(envelope)
    this.inject(from, to, envelope)
  }

  /** An entry as the server would store it, whoever made it. */
  inject(from: Device, to: Device, body: Uint8Array): void {
    const { account, device } = from.profile.local
    const clientId = uuidV4<ClientId>(from.env.random(16))
    const lists = [{ account: to.profile.account, version: this.version(to) }]
    const items = [{ log: to.log, clientId, body }]
    const row = {
      row: 0,
      message: undefined,
      chat: undefined,
      lists,
      items,
      notBefore: 0,
      createdAt: 0,
    }
    this.server.append({ account, device }, row, this.now)
  }

  version(device: Device): number {
    return this.server.account(device.profile.account).head.version
  }

  #move(device: Device): boolean {
    const { wire } = device
    const call = device.calls.shift()
    call?.work()
    const up = wire?.up.shift()
    if (up?.kind === 'ack') this.server.ack(device.log, up.upTo)
    if (up?.kind === 'append') {
      const { account, device: id } = device.profile.local
      const answer = this.server.append({ account, device: id }, up.row, this.now)
      wire?.down.push({ kind: 'answer', row: up.row, answer })
    }
    const down = wire?.down.shift()
    if (down !== undefined) device.take(down)
    const pushed = this.#push(device)
    return call !== undefined || up !== undefined || down !== undefined || pushed
  }

  #push(device: Device): boolean {
    const { wire } = device
    if (wire === undefined) return false
    const fresh = this.server.waiting(device.log).filter((entry) => entry.seq > wire.pushed)
    const last = fresh.at(-1)
    if (last === undefined) return false
    wire.pushed = last.seq
    wire.down.push({ kind: 'entries', entries: fresh })
    return true
  }
}

export const texts = (device: Device): readonly string[] =>
  device.store
    .messages({ limit: 1_000 })
    .filter((message) => message.direction === 'in')
    .map((message) => message.body)

export const lastOf = (device: Device): MessageRow => {
  const message = device.store.messages({ limit: 1 })[0]
  if (message === undefined) throw new Error('no message')
  return message
}

export const eventsOf = (device: Device, type: string): readonly EventRow[] =>
  device.store.events(0, 10_000).filter((event) => event.type === type)

export const errorsOf = (device: Device): readonly string[] =>
  eventsOf(device, 'error').map((event) => (JSON.parse(event.data) as { code: string }).code)
