// One entry of the mailbox. Authenticate, then believe: nothing but the cursor moves for what does
// not open. What cannot be read is kept aside and shown as an error, and never stops what follows.

import { unpad } from '../crypto/padding.ts'
import { CryptoError } from '../crypto/primitives.ts'
import { type PeerDevice, SessionError, type SessionErrorCode } from '../crypto/session.ts'
import { decryptFrom } from '../crypto/sessions.ts'
import { ProtocolError } from '../protocol/errors.ts'
import type { AccountId, LogId } from '../protocol/ids.ts'
import { peerOf } from './audience.ts'
import { momentOf } from './clock.ts'
import { type Content, decodeContent } from './content/content.ts'
import { Draft } from './draft.ts'
import { lookAtHeads } from './heads.ts'
import { type Arrived, take } from './incoming.ts'
import { placeEntry } from './known-entries.ts'
import { noteSkipped } from './missing.ts'
import type { Contact, Quarantined, View } from './state.ts'
import type { Context, ErrorCode, Step } from './step.ts'
import { need, stepping } from './stop.ts'

interface Arrival {
  readonly log: LogId
  readonly entry: Arrived
}

export const receive = (context: Context, arrival: Arrival): Step =>
  stepping(() => receiveInto(new Draft(context), arrival))

function receiveInto(draft: Draft, arrival: Arrival): Step {
  const place = placeEntry(draft, arrival.log, arrival.entry)
  return place === 'new' ? read(draft, arrival) : draft.done()
}

function read(draft: Draft, arrival: Arrival): Step {
  const { entry } = arrival
  const { view } = draft.context
  if (entry.account === view.self().account) return quarantine(draft, arrival, 'malformed', 'own')
  const known = knownSender(draft, arrival)
  if (typeof known === 'string') return quarantine(draft, arrival, known, known)
  const opened = open(draft, known.peer, entry)
  switch (opened.kind) {
    case 'duplicate':
      return draft.done()
    case 'closed':
      return cannotOpen(draft, arrival, known.contact, opened.reason)
    case 'malformed':
      return quarantine(draft, arrival, 'malformed', opened.reason)
    case 'content':
      return accept(draft, arrival, known.contact, opened)
  }
}

interface Sender {
  readonly contact: Contact
  readonly peer: PeerDevice
}

/** Stops with a need until the sender's list was asked for; a device outside of it is nobody. */
function knownSender(draft: Draft, { entry }: Arrival): Sender | ErrorCode {
  const { view, facts } = draft.context
  const contact = draft.contact(entry.account)
  const record = view.devices(entry.account)?.devices.find(({ device }) => device === entry.device)
  const key = contact === undefined ? undefined : keyForReading(contact)
  if (contact !== undefined && key !== undefined && record !== undefined) {
    return { contact, peer: peerOf(entry.account, key, record) }
  }
  if (!facts.asked.has(entry.account)) return need({ kind: 'devices', account: entry.account })
  return contact?.trust.kind === 'changed' ? 'untrusted_identity' : 'unknown_device'
}

/** While a change is not accepted, the devices of the old key are still who they were. */
function keyForReading({ trust }: Contact): Uint8Array | undefined {
  switch (trust.kind) {
    case 'unknown':
      return undefined
    case 'changed':
      return trust.was
    default:
      return trust.key
  }
}

type Opened =
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'closed'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string }
  /** `missing`: the device sealed something before it that did not come. */
  | { readonly kind: 'content'; readonly content: Content; readonly missing: boolean }

function open(draft: Draft, peer: PeerDevice, entry: Arrived): Opened {
  const { env, local } = draft.context
  const moment = momentOf(draft, entry.at)
  let plaintext: Uint8Array
  let missing: boolean
  try {
    const opened = decryptFrom(
      { ...env, now: () => moment },
      local,
      peer,
      draft.book(peer.device),
      entry.body,
    )
    draft.changeSessions(peer.device, opened.change)
    plaintext = opened.plaintext
    missing = opened.change.skippedAdded.length > 0
  } catch (error) {
    if (error instanceof SessionError) {
      const { code } = error
      return code === 'duplicate' ? { kind: 'duplicate' } : { kind: 'closed', reason: code }
    }
    if (error instanceof CryptoError) return { kind: 'closed', reason: error.code }
    if (error instanceof ProtocolError) return { kind: 'malformed', reason: error.code }
    throw error
  }
  try {
    return { kind: 'content', content: decodeContent(unpad(plaintext)), missing }
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof CryptoError) {
      return { kind: 'malformed', reason: error.code }
    }
    throw error
  } finally {
    plaintext.fill(0)
  }
}

function accept(
  draft: Draft,
  arrival: Arrival,
  contact: Contact,
  { content, missing }: Extract<Opened, { kind: 'content' }>,
): Step {
  const { entry } = arrival
  const { view } = draft.context
  if (missing) noteSkipped(draft)
  if (view.seen(entry.device, content.id)) return draft.done()
  draft.write({ kind: 'addSeen', device: entry.device, message: content.id, at: draft.now })
  // A blocked account's message moves the ratchet and the cursor and leaves no other trace.
  if (contact.relation === 'blocked') return draft.done()
  const taken = take(draft, { entry, contact, content })
  if (taken === 'malformed') return quarantine(draft, arrival, 'malformed', 'content')
  if (view.deviceName(entry.device) !== content.deviceName) {
    draft.write({ kind: 'putDeviceName', device: entry.device, name: content.deviceName })
  }
  lookAtHeads(draft, contact, content)
  return draft.done()
}

/** What a lost session looks like. A replay, another identity and noise do not. */
const LOST_SESSION: ReadonlySet<string> = new Set<SessionErrorCode>([
  'no_session',
  'not_authentic',
  'unknown_prekey',
  'too_far',
])

function cannotOpen(draft: Draft, arrival: Arrival, contact: Contact, reason: string): Step {
  if (contact.relation === 'blocked') return draft.done()
  const { account, device } = arrival.entry
  // Nothing is sent to strangers by itself, not even this (M1, R7).
  if (contact.relation === 'accepted' && LOST_SESSION.has(reason)) {
    draft.notify({ kind: 'reset', account, device })
  }
  return quarantine(draft, arrival, 'undecryptable', reason)
}

/** Of one reason: enough to look into, and for what a contact writes until a changed key is
 *  accepted; a flood of one kind pushes out nothing of another. */
const MAX_KEPT_ASIDE = 1_000
const MAX_BYTES_ASIDE = 8 * 1024 * 1024

/** Keeps an entry aside, says so, and lets the cursor pass it. */
function quarantine(draft: Draft, { log, entry }: Arrival, code: ErrorCode, reason: string): Step {
  const { seq, account, device, body } = entry
  const at = draft.now
  draft.write({
    kind: 'addQuarantine',
    entry: { log, seq, account, device, body, storedAt: entry.at, reason, at },
  })
  draft.write({ kind: 'trimQuarantine', reason, keep: MAX_KEPT_ASIDE, bytes: MAX_BYTES_ASIDE })
  const chat = draft.chatWith(account, 'direct')?.id
  const about = chat === undefined ? {} : { chat }
  draft.event(about, { type: 'error', data: { code, account, device, seq } })
  return draft.done()
}

/** Nothing is wrong with these entries but that their device was nobody's when they came. */
const NOBODYS = ['untrusted_identity', 'unknown_device'] as const satisfies readonly ErrorCode[]

const nobodys = (view: View, account: AccountId): readonly Quarantined[] =>
  view.contact(account)?.trust.kind === 'changed'
    ? []
    : NOBODYS.flatMap((reason) => view.quarantinedOf(account, reason))

/** What was kept aside and can be read by now, in the order in which it came: a changed key was
 *  accepted, or a newer list names the device. */
export function readable(view: View, account: AccountId): readonly Quarantined[] {
  const kept = nobodys(view, account)
  if (kept.length === 0) return []
  const known = new Set(view.devices(account)?.devices.map(({ device }) => device))
  return kept.filter(({ device }) => known.has(device)).sort((a, b) => a.at - b.at || a.seq - b.seq)
}

/** Whose entries were kept aside for that, while no change waits to be accepted. */
export const accountsKeptAside = (view: View): readonly AccountId[] =>
  view
    .contacts()
    .map(({ account }) => account)
    .filter((account) => nobodys(view, account).length > 0)

/** An entry that was kept aside, once more; its cursor passed it long ago. What still does not
 *  open is kept again, and says why. */
export const readAgain = (context: Context, kept: Quarantined): Step =>
  stepping(() => read(takenOut(context, kept), arrivalOf(kept)))

/** When that failed: it stays, under a reason that is not tried again. */
export const readAgainFaulty = (context: Context, kept: Quarantined): Step =>
  stepping(() => quarantine(takenOut(context, kept), arrivalOf(kept), 'internal', 'internal'))

function takenOut(context: Context, { log, seq }: Quarantined): Draft {
  const draft = new Draft(context)
  draft.write({ kind: 'deleteQuarantine', log, seq })
  return draft
}

const arrivalOf = ({ log, seq, account, device, body, storedAt }: Quarantined): Arrival => ({
  log,
  entry: { seq, account, device, body, at: storedAt },
})

/** When the step itself failed on an entry: our own fault, and still no reason to stop (P13). */
export const quarantineFaulty = (context: Context, arrival: Arrival): Step =>
  stepping(() => {
    const draft = new Draft(context)
    draft.write({ kind: 'putCursor', log: arrival.log, seq: arrival.entry.seq })
    return quarantine(draft, arrival, 'internal', 'internal')
  })

/** The server dropped entries that nobody had read: a mark where they are missing. */
export function noteGap(context: Context, log: LogId, upTo: number): Step {
  const draft = new Draft(context)
  const from = context.view.cursor(log) + 1
  if (upTo < from) return draft.done()
  draft.write({ kind: 'putCursor', log, seq: upTo })
  draft.event({}, { type: 'gap', data: { log, from, to: upTo } })
  return draft.done()
}
