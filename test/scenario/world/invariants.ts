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
    ...noneQuarantined(device),
    ...noneLost(world, device),
    ...noneTwice(device),
    ...inOrder(device),
    ...sentInOrder(world, device),
    ...settled(device),
    ...acknowledged(world, device),
  ].map((finding) => `${finding} (${device.profile.name})`)
}

const allOf = (device: Device): readonly MessageRow[] => device.store.messages({ limit: 10_000 })

function noneQuarantined({ store }: Device): readonly string[] {
  const errors = store.events(0, 100_000).filter((event) => event.type === 'error')
  return [
    ...store.quarantined(10).map((row) => `I6 quarantined at ${row.seq}: ${row.reason}`),
    ...errors.map((event) => `I6 error event ${event.data}`),
  ]
}

/** I1 and I4: what the server took is at each device that it was for, as its author has it. */
function noneLost(world: World, sender: Device): readonly string[] {
  return sender.taken.flatMap(({ message, log }) => {
    const receiver = world.devices.find((one) => one.log === log)
    const sent = sender.store.message(message)
    const got = receiver?.store.message(message)
    if (sent === undefined) return []
    if (got === undefined) return [`I1 ${sent.kind} ${sent.body} is lost`]
    if (got.kind !== sent.kind || got.body !== sent.body) {
      return [`I4 ${sent.kind} ${sent.body} is shown as ${got.kind} ${got.body}`]
    }
    return sameReactions(world, sender, receiver, message)
  })
}

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
  return allOf(device)
    .filter(({ direction, kind }) => direction === 'out' && kind !== 'deleted')
    .filter(({ status }) => status === 'queued' || status === 'scheduled' || status === 'failed')
    .map(({ status, body, failure }) => `I7 ${body} is still ${status} ${failure ?? ''}`)
}

/** Between two who accepted each other, what arrived is known to have arrived. */
function acknowledged(world: World, sender: Device): readonly string[] {
  return sender.taken.flatMap(({ message, log }) => {
    const receiver = world.devices.find((one) => one.log === log)
    const row = sender.store.message(message)
    if (receiver === undefined || row === undefined) return []
    const knows = receiver.store.contact(sender.profile.account)?.relation === 'accepted'
    if (!knows || row.status !== 'stored' || row.kind === 'deleted') return []
    return [`a receipt for ${row.body} is missing`]
  })
}
