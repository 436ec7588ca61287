// Sending. A message is durable in the outbox before anything waits; each recipient has a result
// of its own, and one's failure is not the others'.

import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { newAttachmentKey } from '../../crypto/attachment.ts'
import type { OutgoingBody, OutgoingFile, Target } from '../../engine/intent.ts'
import type { AccountId, MessageId } from '../../protocol/ids.ts'
import type { MessageRow, StoreReader } from '../../store/port.ts'
import { resolveAddress, resolveMessage } from '../addresses.ts'
import { ClientError, type Params, type SendResult, type WaitFor } from '../api.ts'
import { badInput, errorJson, refusal, toClientError } from '../errors.ts'
import { messageJson } from '../json.ts'
import { mimeOf } from '../mime.ts'
import { type MethodsOf, type Profile, submit } from '../profile.ts'
import { Leaving } from '../service.ts'
import { parseTime } from '../times.ts'
import { freshUuid } from '../uuid.ts'

/** A person's list, not a mailing. */
const MAX_RECIPIENTS = 100
/** Long enough for a slow line, short enough for a script. */
const DEFAULT_TIMEOUT_MS = 30_000
const MENTION = /(?<![\w@.-])@([a-z0-9][a-z0-9._-]{0,30}[a-z0-9])/g
const MAX_MENTIONS = 64

const RANK: Readonly<Record<string, number>> = {
  scheduled: 0,
  queued: 0,
  stored: 1,
  delivered: 2,
  read: 3,
}

export const sendMethods: MethodsOf<'send'> = {
  send: async (profile, params, signal) => {
    checkParams(params)
    const results = await Promise.all(
      params.to.map(async (to) => {
        const body = await outgoingBody(profile, params)
        return sendBody(profile, { ...options(profile, params), to, body }, signal)
      }),
    )
    return { results }
  },
}

function checkParams({ to, text, files, idempotencyKey }: Params<'send'>): void {
  if (to.length === 0 || to.length > MAX_RECIPIENTS) {
    throw badInput(`A message goes to 1 to ${MAX_RECIPIENTS} recipients.`)
  }
  if ((text === undefined || text === '') && (files === undefined || files.length === 0)) {
    throw badInput('There is nothing to send: no text and no file.')
  }
  if (idempotencyKey === '') throw badInput('An idempotency key is not empty.')
}

type Options = Omit<Outgoing, 'to' | 'body'>

function options(profile: Profile, params: Params<'send'>): Options {
  const { reply, expire, at, silent, wait, timeout, idempotencyKey } = params
  return {
    idempotencyKey,
    ...(reply === undefined ? {} : { replyTo: resolveMessage(profile.store, reply).id }),
    ...(expire === undefined ? {} : { expireAfter: expire }),
    ...(at === undefined ? {} : { dueAt: parseTime(at) }),
    ...(silent === true ? { silent } : {}),
    ...(wait === undefined ? {} : { wait }),
    ...(timeout === undefined ? {} : { timeout }),
  }
}

interface Outgoing {
  readonly to: string
  readonly body: OutgoingBody
  readonly idempotencyKey: string
  readonly replyTo?: MessageId
  readonly expireAfter?: number
  readonly dueAt?: number
  readonly silent?: boolean
  readonly wait?: WaitFor
  readonly timeout?: number
}

/** Never fails for one recipient: what went wrong is its result. */
export async function sendBody(
  profile: Profile,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<SendResult> {
  const { to } = outgoing
  try {
    const message = await queued(profile, outgoing)
    return await waited(profile, outgoing, message, signal)
  } catch (error) {
    if (error instanceof Leaving) throw error
    return { to, error: errorJson(toClientError(error)) }
  }
}

async function queued(profile: Profile, outgoing: Outgoing): Promise<MessageId> {
  const { to, body, idempotencyKey, replyTo, expireAfter, dueAt, silent } = outgoing
  const target = await targetOf(profile, to)
  const outcome = await profile.driver.submit({
    kind: 'sendMessage',
    to: target,
    body,
    idempotencyKey,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(expireAfter === undefined ? {} : { expireAfter }),
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(silent === undefined ? {} : { silent }),
  })
  if (outcome.kind === 'refused') throw refusal(outcome, to.replace(/^@/, ''))
  if (outcome.result.kind !== 'message') throw new Error('a message was sent')
  return outcome.result.message
}

/** A name that was never met is looked up and pinned first. */
async function targetOf(profile: Profile, to: string): Promise<Target> {
  const address = resolveAddress(profile.store, to)
  if (address.kind === 'target') return address.target
  const result = await submit(profile, { kind: 'addContact', name: address.name }, address.name)
  if (result.kind !== 'contact') throw new Error('a contact was added')
  return { kind: 'account', account: result.account }
}

async function waited(
  profile: Profile,
  outgoing: Outgoing,
  id: MessageId,
  signal: AbortSignal,
): Promise<SendResult> {
  const { to, wait = 'stored' } = outgoing
  const result = (): SendResult => shown(profile, to, id)
  const scheduled = outgoing.dueAt !== undefined && outgoing.dueAt > profile.env.now()
  if (wait === 'queued' || scheduled || settled(profile, id, wait)) return result()
  if (!profile.online) return { ...result(), timedOut: true }
  const timeout = outgoing.timeout ?? profile.timeout ?? DEFAULT_TIMEOUT_MS
  const release = profile.link.want()
  try {
    const until = Date.now() + timeout
    const signals = [signal, profile.leaving]
    profile.transfers.resume()
    profile.link.pump()
    await profile.link.when(() => reached(profile, id, wait), { until, signals, of: id })
    return result()
  } catch (error) {
    if (error instanceof ClientError && error.code === 'timeout') {
      return { ...result(), timedOut: true }
    }
    throw error
  } finally {
    release()
  }
}

/** Throws when it can never be reached in this process. */
function reached(profile: Profile, id: MessageId, wait: WaitFor): true | undefined {
  if (settled(profile, id, wait)) return true
  const { trouble } = profile.link
  if (trouble !== undefined) throw trouble
  if (profile.condition.kind === 'stopped') throw profile.condition.why
  return undefined
}

function settled({ store }: Profile, id: MessageId, wait: WaitFor): boolean {
  const row = store.message(id)
  if (row === undefined || row.status === 'failed') return true
  return (RANK[row.status] ?? 0) >= (RANK[wait] ?? 0)
}

function shown({ store }: Profile, to: string, id: MessageId): SendResult {
  const row = store.message(id)
  if (row === undefined) return { to }
  const message = messageJson(store, row)
  return row.status === 'failed'
    ? { to, message, error: errorJson(failureOf(row)) }
    : { to, message }
}

function failureOf({ failure }: MessageRow): ClientError {
  switch (failure) {
    case 'file_changed':
      return new ClientError('file', 'The file changed before it was sent.')
    case 'quota':
      return new ClientError('quota', 'The quota on the server is used up.')
    case 'untrusted_identity':
    case 'blocked':
    case 'not_found':
      return refusal({ kind: 'refused', code: failure, detail: '' })
    case 'too_large':
      return new ClientError('bad_input', 'The server takes no message or file as large as this.')
    case 'file':
      return new ClientError('file', 'The file can not be read.')
    default:
      return new ClientError('not_allowed', 'The server did not take the message.')
  }
}

async function outgoingBody(profile: Profile, params: Params<'send'>): Promise<OutgoingBody> {
  const { text = '', files = [] } = params
  if (files.length === 0) return { kind: 'text', text, mentions: mentionsIn(profile.store, text) }
  const outgoing: OutgoingFile[] = []
  for (const path of files) outgoing.push(await outgoingFile(profile, path))
  return { kind: 'file', caption: text, files: outgoing }
}

async function outgoingFile({ env }: Profile, path: string): Promise<OutgoingFile> {
  const found = await stat(path)
  if (!found.isFile()) throw new ClientError('file', 'Only plain files can be sent.')
  const name = basename(path).toWellFormed()
  return {
    id: freshUuid(env),
    name,
    mime: mimeOf(name),
    size: found.size,
    path,
    key: newAttachmentKey(env),
  }
}

/** Contacts whose names stand in the text behind an @. */
function mentionsIn(store: StoreReader, text: string): readonly AccountId[] {
  const accounts = new Set<AccountId>()
  for (const [, name] of text.matchAll(MENTION)) {
    if (name === undefined || accounts.size >= MAX_MENTIONS) continue
    const contact = store.contactsNamed(name).find((row) => row.name === name)
    if (contact !== undefined) accounts.add(contact.account)
  }
  return [...accounts]
}
