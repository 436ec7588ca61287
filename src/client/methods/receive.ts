// What is new, from the durable journal: at least once, in order, from where a consumer stopped.

import type { EventRow, Store } from '../../store/port.ts'
import { resolveChat } from '../addresses.ts'
import {
  ClientError,
  type EventJson,
  type MessageJson,
  type Params,
  type Received,
} from '../api.ts'
import { badInput, errorJson, toClientError } from '../errors.ts'
import { attachmentJson, eventJson } from '../json.ts'
import type { MethodsOf, Profile } from '../profile.ts'
import { Leaving } from '../service.ts'
import { isTime, parseTime } from '../times.ts'

const DEFAULT_CONSUMER = 'default'
const CONSUMER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const CURSOR = /^\d{1,15}$/
/** One answer stays a few megabytes; `more` says that there is more. */
const MAX_EVENTS = 1_000
const PAGE = 256
/** For the server to hand over what waits. Beyond it, it is the network's fault. */
const CATCH_UP_MS = 15_000

type Event = MessageJson | EventJson

export const receiveMethods: MethodsOf<'receive' | 'ack'> = { receive, ack }

async function receive(
  profile: Profile,
  params: Params<'receive'>,
  signal: AbortSignal,
): Promise<Received> {
  const wanted = filterOf(profile, params)
  const consumer = consumerOf(params)
  const after = startOf(profile.store, params, consumer)
  const limit = Math.min(Math.max(1, params.limit ?? MAX_EVENTS), MAX_EVENTS)
  const until = params.until === undefined ? Number.POSITIVE_INFINITY : parseTime(params.until)
  const release = profile.link.want()
  try {
    await fetchWaiting(profile, params, signal)
    let page = read(profile.store, { after, limit, wanted, until })
    if (page.events.length === 0 && params.timeout !== undefined) {
      page = await firstOf(profile, { after, limit, wanted, until }, params.timeout, signal)
    }
    const events = await downloaded(profile, page.events, params.download, signal)
    if (params.ack !== 'manual' && params.since === undefined) {
      await advance(profile, consumer, page.cursor)
    }
    return { events, cursor: String(page.cursor), more: page.more }
  } finally {
    release()
  }
}

async function ack(
  profile: Profile,
  { cursor, ...whose }: Params<'ack'>,
): Promise<Record<string, never>> {
  const consumer = consumerOf(whose)
  const wanted = parseCursor(cursor)
  if (wanted > profile.store.lastEvent()) throw badInput('There is no event at this cursor yet.')
  await advance(profile, consumer, wanted)
  return {}
}

/** Never back: an acknowledgement that comes twice or late changes nothing. */
async function advance(profile: Profile, consumer: string, cursor: number): Promise<void> {
  if (cursor <= (profile.store.consumer(consumer) ?? 0)) return
  const outcome = await profile.driver.submit({ kind: 'setConsumer', name: consumer, cursor })
  if (outcome.kind === 'refused') throw new Error('a cursor moves forwards')
}

type Filter = (event: EventRow) => boolean

/** By the row, before anything is made of it: most of a long journal is passed over. */
function filterOf({ store }: Profile, params: Params<'receive'>): Filter {
  const chats = params.in?.map((typed) => resolveChat(store, typed).id)
  const { types } = params
  return ({ type, chat }) =>
    (types?.includes(type) ?? true) && (chats?.some((id) => id === chat) ?? true)
}

/** A filtered read without a name keeps a place of its own: what it passes over is not lost to a
 *  later `receive` of everything. */
function consumerOf({ consumer, in: chats, types }: Params<'receive'>): string {
  if (consumer !== undefined) return checkConsumer(consumer)
  if (chats === undefined && types === undefined) return DEFAULT_CONSUMER
  const parts = [...(chats ?? [])].sort().concat(['/'], [...(types ?? [])].sort())
  return `${DEFAULT_CONSUMER} ${parts.join(' ')}`
}

function checkConsumer(name: string): string {
  if (!CONSUMER.test(name)) throw badInput('A consumer’s name is letters, digits, dots and dashes.')
  return name
}

function startOf(store: Store, params: Params<'receive'>, consumer: string): number {
  const { since } = params
  if (since === undefined) {
    const own = store.consumer(consumer) ?? 0
    const isFiltered = consumer.includes(' ')
    return isFiltered ? Math.max(own, store.consumer(DEFAULT_CONSUMER) ?? 0) : own
  }
  return isTime(since) ? cursorBefore(store, parseTime(since)) : parseCursor(since)
}

function parseCursor(text: string): number {
  if (!CURSOR.test(text)) throw badInput('A cursor is the number that `receive` printed.')
  return Number(text)
}

/** The last event before a time. The journal is in order, and times are ours. */
function cursorBefore(store: Store, time: number): number {
  let low = 0
  let high = store.lastEvent()
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [next] = store.events(middle, 1)
    if (next === undefined || next.at >= time) high = middle
    else low = next.cursor
  }
  return low
}

/** Connects and takes what the server has for us, as far as it was when it welcomed us. */
async function fetchWaiting(
  profile: Profile,
  params: Params<'receive'>,
  signal: AbortSignal,
): Promise<void> {
  const { link } = profile
  if (!profile.online || link.caughtUp) return
  const until = Date.now() + Math.min(params.timeout ?? CATCH_UP_MS, CATCH_UP_MS)
  try {
    await link.when(() => caughtUp(profile), { until, signals: [signal, profile.leaving] })
  } catch (error) {
    if (error instanceof Leaving || signal.aborted) throw error
    const failure = toClientError(error)
    // A stream that was connected once resumes by itself: an outage is not its end.
    if (link.wasOpen && PASSING.has(failure.code)) return
    if (hasNews(profile, params)) return
    throw failure.code === 'timeout'
      ? new ClientError('network', 'The server cannot be reached.', { hint: 'sotto doctor' })
      : failure
  }
}

/** What ends by itself, or with a clock that is set. */
const PASSING: ReadonlySet<string> = new Set(['timeout', 'clock'])

function caughtUp({ link, condition }: Profile): true | undefined {
  if (link.trouble !== undefined) throw link.trouble
  if (condition.kind === 'stopped') throw condition.why
  return link.caughtUp ? true : undefined
}

const hasNews = ({ store }: Profile, params: Params<'receive'>): boolean =>
  store.lastEvent() > startOf(store, params, consumerOf(params))

interface Wanted {
  readonly after: number
  readonly limit: number
  readonly wanted: Filter
  /** Not what came at this time or later. */
  readonly until: number
}

interface EventPage {
  readonly events: readonly Event[]
  /** Behind everything that was looked at, wanted or not. */
  readonly cursor: number
  readonly more: boolean
}

async function firstOf(
  profile: Profile,
  asked: Wanted,
  timeout: number,
  signal: AbortSignal,
): Promise<EventPage> {
  const until = Date.now() + timeout
  let seen = asked.after
  const look = (): EventPage | undefined => {
    const page = read(profile.store, { ...asked, after: seen })
    seen = page.cursor
    return page.events.length > 0 ? page : undefined
  }
  try {
    return await profile.link.when(look, { until, signals: [signal, profile.leaving] })
  } catch (error) {
    if (error instanceof ClientError && error.code === 'timeout') {
      return { events: [], cursor: seen, more: false }
    }
    throw error
  }
}

function read(store: Store, { after, limit, wanted, until }: Wanted): EventPage {
  const events: Event[] = []
  let cursor = after
  for (;;) {
    const rows = store.events(cursor, PAGE)
    for (const row of rows) {
      if (row.at >= until) return { events, cursor, more: false }
      const event = wanted(row) ? eventJson(store, row) : undefined
      if (event !== undefined) {
        if (events.length === limit) return { events, cursor, more: true }
        events.push(event)
      }
      cursor = row.cursor
    }
    if (rows.length < PAGE) return { events, cursor, more: false }
  }
}

/** Files of what came are saved before their message is handed out. */
async function downloaded(
  profile: Profile,
  events: readonly Event[],
  folder: string | undefined,
  signal: AbortSignal,
): Promise<readonly Event[]> {
  if (folder === undefined) return events
  const out: Event[] = []
  for (const event of events) {
    if (event.type !== 'message' || !('attachments' in event)) {
      out.push(event)
      continue
    }
    out.push(...(await withFiles(profile, event as MessageJson, folder, signal)))
  }
  return out
}

async function withFiles(
  profile: Profile,
  message: MessageJson,
  folder: string,
  signal: AbortSignal,
): Promise<readonly Event[]> {
  const failures: Event[] = []
  const both = AbortSignal.any([signal, profile.leaving])
  for (const { id } of message.attachments) {
    const row = profile.store.attachment(id)
    if (row === undefined || row.state === 'saved') continue
    try {
      await profile.transfers.download(row, folder, both)
    } catch (error) {
      both.throwIfAborted()
      const { code, message: sentence } = errorJson(toClientError(error))
      const { cursor } = message
      failures.push({ v: 1, type: 'error', cursor, code, message: sentence, id: message.id })
    }
  }
  const attachments = message.attachments.map(({ id }, index) => {
    const row = profile.store.attachment(id)
    return row === undefined ? message.attachments[index] : attachmentJson(row)
  })
  return [{ ...message, attachments } as MessageJson, ...failures]
}
