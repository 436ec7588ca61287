// What people want, by chance: write, with all that a message can have, and act on what stands.

import type { Intent, OutgoingBody } from '../../../src/engine/intent.ts'
import { type BlobId, type ChatId, uuidV4 } from '../../../src/protocol/ids.ts'
import type { ChatRow, MessageRow } from '../../../src/store/port.ts'
import type { Chance } from './chance.ts'
import type { Device } from './device.ts'

const EMOJI = ['👍', '🎉', '❤️', '🙈'] as const
/** Over before a run is. */
const LONGEST_EXPIRY_MS = 3_000

interface Wishing {
  readonly chance: Chance
  readonly device: Device
  readonly now: number
  /** Of this run, never the same twice. */
  readonly text: (from: string) => string
}

export function wishOf(wishing: Wishing): Intent | undefined {
  const { chance, device } = wishing
  const chats = device.store.chats().filter((chat) => chat.kind === 'direct')
  const chat = chance.pick(chats)
  if (chat === undefined) return undefined
  switch (chance.below(14)) {
    case 0: {
      const waiting = device.store.contacts().find((contact) => contact.relation === 'incoming')
      return waiting && { kind: 'acceptContact', account: waiting.account }
    }
    case 1:
      return { kind: 'markRead', chat: chat.id }
    case 2:
      return about(wishing, chat.id, (message) => {
        const emoji = chance.pick(EMOJI) ?? '👍'
        return { kind: chance.happens(70) ? 'react' : 'unreact', message: message.id, emoji }
      })
    case 3:
      return about(wishing, chat.id, (message) => ({
        kind: 'editMessage',
        message: message.id,
        text: wishing.text('edited'),
      }))
    case 4:
      return about(wishing, chat.id, ({ id }) => ({ kind: 'deleteForEveryone', message: id }))
    case 5:
      return rarely(wishing, chat)
    default:
      return message(wishing, chat)
  }
}

function message({ chance, device, now, text }: Wishing, chat: ChatRow): Intent {
  const written = text(device.profile.name)
  return {
    kind: 'sendMessage',
    to: { kind: 'chat', chat: chat.id },
    body: chance.happens(10)
      ? file(chance, written)
      : { kind: 'text', text: written, mentions: [] },
    idempotencyKey: String(chance.next()),
    ...(chance.happens(10) && { dueAt: now + chance.below(3_000) }),
    ...(chance.happens(8) && { expireAfter: 1 + chance.below(LONGEST_EXPIRY_MS) }),
    ...(chance.happens(10) && { silent: true }),
  }
}

/** Its bytes are at the server already: transfers are another machine's story. */
function file(chance: Chance, caption: string): OutgoingBody {
  const uploaded = { blob: uuidV4<BlobId>(chance.bytes(16)), digest: chance.bytes(32) }
  const id = uuidV4(chance.bytes(16))
  const whole = { ...uploaded, sealedSize: 100 }
  const one = { id, name: 'a.txt', mime: 'text/plain', size: 10, path: undefined }
  return { kind: 'file', caption, files: [{ ...one, key: chance.bytes(32), uploaded: whole }] }
}

/** What people do now and then: block and unblock, and delete for themselves. */
function rarely(wishing: Wishing, { id, account }: ChatRow): Intent | undefined {
  const { chance, device } = wishing
  if (account === undefined) return undefined
  if (device.store.contact(account)?.relation === 'blocked') {
    return { kind: 'unblockContact', account }
  }
  if (chance.happens(15)) {
    device.shut.add(account)
    return { kind: 'blockContact', account }
  }
  return about(wishing, id, (gone) => {
    device.letGo.add(gone.id)
    return { kind: 'deleteLocal', message: gone.id }
  })
}

function about(
  { chance, device }: Wishing,
  chat: ChatId,
  make: (message: MessageRow) => Intent,
): Intent | undefined {
  const message = chance.pick(device.store.messages({ chat, limit: 20 }))
  return message && make(message)
}
