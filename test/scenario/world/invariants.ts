// What must hold when everything is quiet, whatever happened before. Each finding is a sentence
// that begins with the invariant's number in docs/threat-model.md.

import { mailboxOf } from '../../../src/protocol/ids.ts'
import type { MessageRow } from '../../../src/store/port.ts'
import type { Device } from './device.ts'
import type { World } from './world.ts'

export function broken(world: World): readonly string[] {
  const reused = world.seals.reused.map((place) => `I5 key ${place} sealed two plaintexts`)
  return [...reused, ...world.devices.flatMap((device) => brokenAt(world, device))]
}

function brokenAt(world: World, device: Device): readonly string[] {
  return [
    ...device.failures.map((failure) => `failed: ${String(failure)}`),
    ...noneQuarantined(world, device),
    ...noneLost(world, device),
    ...noneTwice(device),
    ...(world.era === 0 ? inOrder(device) : []),
    // Rows tell the order of encryption by times, which must be of a clock that runs.
    ...(world.era === 0 && world.weather.clocks !== true ? sentInOrder(world, device) : []),
    ...settled(device),
    ...expired(world, device),
    ...(world.era === 0 ? acknowledged(world, device) : []),
  ].map((finding) => `${finding} (${device.profile.name})`)
}

const allOf = (device: Device): readonly MessageRow[] => device.store.messages({ limit: 10_000 })

/** A server that went back unseen has prekeys that are spent: what is encrypted for one is said,
 *  and answered with another session. */
const SPENT = { reason: 'unknown_prekey', codes: ['undecryptable', 'session_reset'] } as const
/** What a server forgot leaves a gap in its session, also where it was said again. */
const FORGOTTEN = ['server_rolled_back', 'messages_missing'] as const

function noneQuarantined(world: World, device: Device): readonly string[] {
  const { store } = device
  const spent = world.era > 0 && world.weather.back === 'copied'
  const told = new Set<string>([
    ...(world.era > 0 ? FORGOTTEN : []),
    ...(device.shut.size > 0 ? ['send_failed'] : []),
    ...(spent ? SPENT.codes : []),
  ])
  const errors = store.events(0, 100_000).filter(({ type, data }) => {
    return type === 'error' && !told.has((JSON.parse(data) as { code: string }).code)
  })
  return [
    ...store
      .quarantined(10)
      .filter(({ reason }) => !(spent && reason === SPENT.reason))
      .map((row) => `I6 quarantined at ${row.seq}: ${row.reason}`),
    ...errors.map((event) => `I6 error event ${event.data}`),
  ]
}

/** I1 and I4: what the server took is at each device that it was for, as its author has it. */
function noneLost(world: World, sender: Device): readonly string[] {
  return sender.taken.flatMap(({ message, log, seq, era }) => {
    const receiver = world.devices.find((one) => one.log === log)
    const sent = sender.store.message(message)
    const got = receiver?.store.message(message)
    if (sent === undefined || receiver === undefined || isShut(sender, receiver)) return []
    if (got === undefined) {
      const gone = receiver.letGo.has(message) || sent.expireAfter !== undefined
      return gone || isForgotten(world, sent, era) || isSpent(world, receiver, seq)
        ? []
        : [`I1 ${sent.kind} ${sent.body} is lost`]
    }
    // What was done to a message is not said again to a server that forgot it.
    if (world.era > 0) return got.direction === 'in' ? [] : [`I4 ${got.body} is nobody’s`]
    if (got.kind !== sent.kind || got.body !== sent.body) {
      return [`I4 ${sent.kind} ${sent.body} is shown as ${got.kind} ${got.body}`]
    }
    return sameReactions(world, sender, receiver, message)
  })
}

/** While somebody is blocked, what they say and do is not taken. */
const isShut = (a: Device, b: Device): boolean =>
  b.shut.has(a.profile.account) || a.shut.has(b.profile.account)

/** A server that was restored tells everybody, and what nobody had is said again; of a copy that
 *  nothing tells of, only those learn who meet it. */
const isForgotten = (world: World, sent: MessageRow, era: number): boolean =>
  era < world.era && (world.weather.back === 'copied' || sent.kind === 'deleted')

/** Encrypted for a prekey that the copy had and its owner did not have any more: it was said. */
const isSpent = (world: World, receiver: Device, seq: number): boolean =>
  world.era > 0 &&
  world.weather.back === 'copied' &&
  receiver.store.quarantined(1_000).some((row) => row.seq === seq && row.reason === SPENT.reason)

/** Only between accounts of one device each: what one's other devices do is not synchronised. */
function sameReactions(
  world: World,
  a: Device,
  b: Device | undefined,
  message: MessageRow['id'],
): readonly string[] {
  const single = ({ profile }: Device): boolean =>
    world.devices.filter((one) => one.profile.account === profile.account).length === 1
  if (b === undefined || !single(a) || !single(b)) return []
  const shown = ({ store }: Device): string =>
    store
      .reactions(message)
      .map(({ account, emoji }) => `${account} ${emoji}`)
      .sort()
      .join()
  return shown(a) === shown(b) ? [] : [`I4 reactions differ: ${shown(a)} and ${shown(b)}`]
}

function noneTwice(device: Device): readonly string[] {
  const events = device.store.events(0, 100_000).filter((event) => event.type === 'message')
  const unique = new Set(events.map((event) => event.message))
  return unique.size === events.length ? [] : ['I2 a message was shown twice']
}

function inOrder(device: Device): readonly string[] {
  const incoming = allOf(device).filter((message) => message.direction === 'in')
  return ascending(incoming.map((message) => message.seq ?? 0)) ? [] : ['I3 out of order']
}

/** What one device sent to one mailbox lies there in the order of its encryption. */
function sentInOrder(world: World, device: Device): readonly string[] {
  return world.devices.flatMap((to) => {
    const log = mailboxOf(to.profile.local.device)
    const sent = device.taken
      .filter((taken) => taken.log === log)
      .flatMap(({ message, seq }) => {
        const row = device.store.message(message)
        return row === undefined ? [] : [{ seq, row }]
      })
      .sort((a, b) => a.row.sentAt - b.row.sentAt || a.row.row - b.row.row)
    return ascending(sent.map(({ seq }) => seq))
      ? []
      : [`I3 sent out of order to ${to.profile.name}`]
  })
}

const ascending = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? 0))

/** I7: nothing of one's own is still on its way. */
function settled(device: Device): readonly string[] {
  return (
    allOf(device)
      .filter(({ direction, kind }) => direction === 'out' && kind !== 'deleted')
      .filter(({ status }) => status === 'queued' || status === 'scheduled' || status === 'failed')
      // Scheduled, and then the contact was blocked: it says so.
      .filter(({ failure }) => failure !== 'blocked')
      .map(({ status, body, failure }) => `I7 ${body} is still ${status} ${failure ?? ''}`)
  )
}

/** What is past its time is gone, and nothing has more time left than it was given. */
function expired(world: World, device: Device): readonly string[] {
  return allOf(device).flatMap(({ body, expiresAt, expireAfter }) => {
    if (expiresAt === undefined) return []
    if (world.weather.clocks !== true && expiresAt < world.now - LATE_MS)
      return [`I7 ${body} is shown beyond its time`]
    return expiresAt > world.now + (expireAfter ?? 0) + UNNOTICED_MS
      ? [`I7 ${body} lives too long`]
      : []
  })
}
/** Upkeep comes within moments of what is due. */
const LATE_MS = 2_000
/** A clock that is off by less, for a moment, is nobody's business. */
const UNNOTICED_MS = 11 * 60_000

/** Between two who accepted each other, what arrived is known to have arrived. */
function acknowledged(world: World, sender: Device): readonly string[] {
  return sender.taken.flatMap(({ message, log }) => {
    const receiver = world.devices.find((one) => one.log === log)
    const row = sender.store.message(message)
    if (receiver === undefined || row === undefined || isShut(sender, receiver)) return []
    if (receiver.letGo.has(message) || row.expireAfter !== undefined) return []
    const knows = receiver.store.contact(sender.profile.account)?.relation === 'accepted'
    if (!knows || row.status !== 'stored' || row.kind === 'deleted') return []
    return [`a receipt for ${row.body} is missing`]
  })
}
