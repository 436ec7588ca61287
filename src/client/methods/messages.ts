// What one does to a message that is there.

import type { Intent, OutgoingBody } from '../../engine/intent.ts'
import type { AttachmentRow, MessageRow } from '../../store/port.ts'
import { resolveMessage } from '../addresses.ts'
import type { MessageJson, Params, SendResult } from '../api.ts'
import { badInput } from '../errors.ts'
import { messageJson, storedBody } from '../json.ts'
import { type MethodsOf, type Profile, submit } from '../profile.ts'
import { freshUuid } from '../uuid.ts'
import { sendBody } from './send.ts'

type Names =
  | 'msg.show'
  | 'msg.edit'
  | 'msg.delete'
  | 'msg.react'
  | 'msg.unreact'
  | 'msg.pin'
  | 'msg.unpin'
  | 'msg.forward'

export const messageMethods: MethodsOf<Names> = {
  'msg.show': async ({ store }, { id }) => messageJson(store, resolveMessage(store, id)),
  'msg.edit': (profile, { id, text }) =>
    act(profile, id, (row) => ({ kind: 'editMessage', message: row.id, text })),
  'msg.delete': (profile, { id, forEveryone }) =>
    act(profile, id, (row) => ({
      kind: forEveryone === true ? 'deleteForEveryone' : 'deleteLocal',
      message: row.id,
    })),
  'msg.react': (profile, { id, emoji }) =>
    act(profile, id, (row) => ({ kind: 'react', message: row.id, emoji })),
  'msg.unreact': (profile, { id, emoji }) =>
    act(profile, id, (row) => ({ kind: 'unreact', message: row.id, emoji })),
  'msg.pin': (profile, { id }) =>
    act(profile, id, (row) => ({ kind: 'pinMessage', message: row.id, pinned: true })),
  'msg.unpin': (profile, { id }) =>
    act(profile, id, (row) => ({ kind: 'pinMessage', message: row.id, pinned: false })),
  'msg.forward': forward,
}

async function act(
  profile: Profile,
  typed: string,
  intent: (row: MessageRow) => Intent,
): Promise<MessageJson> {
  const { store } = profile
  const row = resolveMessage(store, typed)
  const before = messageJson(store, row)
  await submit(profile, intent(row), before.chat.name)
  const after = store.message(row.id)
  // Deleted here only: the answer still says which one it was.
  return after === undefined
    ? { ...before, kind: 'deleted', body: '', attachments: [], reactions: [] }
    : messageJson(store, after)
}

async function forward(
  profile: Profile,
  params: Params<'msg.forward'>,
  signal: AbortSignal,
): Promise<{ readonly results: readonly SendResult[] }> {
  const { id, to, idempotencyKey } = params
  const row = resolveMessage(profile.store, id)
  const body = forwarded(profile, row)
  return { results: [await sendBody(profile, { to, body, idempotencyKey }, signal)] }
}

/** The same blob under the same key: nothing is fetched to be sent on. */
function forwarded({ store, env }: Profile, row: MessageRow): OutgoingBody {
  const body = storedBody(row)
  if (body?.kind === 'text') return { kind: 'text', text: body.text, mentions: [] }
  if (body?.kind !== 'file') throw badInput('This message cannot be forwarded.')
  const rows = store.attachments(row.id)
  if (body.attachments.length === 0) throw badInput('The files of this message are not there yet.')
  return {
    kind: 'file',
    caption: body.caption,
    files: body.attachments.map((sent, position) => ({
      id: freshUuid(env),
      name: sent.name,
      mime: sent.mime,
      size: sent.size,
      path: pathOf(rows[position]),
      key: sent.key,
      uploaded: { blob: sent.blob, digest: sent.digest, sealedSize: sent.sealedSize },
    })),
  }
}

const pathOf = (row: AttachmentRow | undefined): string | undefined => row?.path
