// What the directory says of an account, believed or not. The first identity key is pinned; another
// one later is a change that a person must accept (A6). A device list counts only if the pinned key
// signed it and it follows from the newest one known (A1).

import { DeviceListError, type VerifiedDeviceList, verifyChain } from '../crypto/device-list.ts'
import { equalPublic } from '../protocol/bytes.ts'
import { decode, encode, u64 } from '../protocol/codec.ts'
import type { DeviceListHead, SignedDeviceList } from '../protocol/device-list.ts'
import type { AccountId } from '../protocol/ids.ts'
import { nameSkeleton } from '../protocol/names.ts'
import { Draft } from './draft.ts'
import { forkKey, isFork, sayFork } from './heads.ts'
import type { Contact, KnownDevices, View } from './state.ts'
import type { Context, Step } from './step.ts'

/** What was fetched of one account. */
interface Shown {
  readonly account: AccountId
  readonly name: string
  readonly identityKey: Uint8Array
  /** From the newest version that we know on, that one included. */
  readonly chain: readonly SignedDeviceList[]
  /** The head that a peer told us of, if that is why we looked. */
  readonly seen: DeviceListHead | undefined
}

/** A refused list is said again after this long, while it goes on. */
const REFUSAL_QUIET_MS = 3_600_000

export const sameKey = equalPublic

export function learn(context: Context, shown: Shown): Step {
  const draft = new Draft(context)
  const { account, identityKey } = shown
  const self = context.view.self()
  const key =
    account === self.account ? ownKey(draft, self.identityKey, shown) : believedKey(draft, shown)
  if (key !== undefined && sameKey(key, identityKey)) learnDevices(draft, shown)
  return draft.done({ kind: 'contact', account })
}

function ownKey(draft: Draft, own: Uint8Array, shown: Shown): Uint8Array | undefined {
  if (!sameKey(own, shown.identityKey)) sayRefused(draft, shown.account)
  return own
}

/** The key under which a list may be believed; none while a change is not accepted. */
function believedKey(draft: Draft, { account, name, identityKey }: Shown): Uint8Array | undefined {
  const contact = draft.contact(account) ?? stranger(draft, account, name)
  const { trust } = contact
  switch (trust.kind) {
    case 'unknown':
      forgetStrangers(draft)
      draft.putContact({ ...contact, trust: { kind: 'unverified', key: identityKey } })
      return identityKey
    case 'unverified':
    case 'verified':
      if (sameKey(trust.key, identityKey)) return trust.key
      sayChanged(draft, contact, trust.key, identityKey, trust.kind === 'verified')
      return undefined
    case 'changed':
      // Back to what is pinned: sending is safe again, the verification is not given back.
      if (sameKey(trust.was, identityKey)) {
        draft.putContact({ ...contact, trust: { kind: 'unverified', key: trust.was } })
        return trust.was
      }
      if (!sameKey(trust.now, identityKey)) {
        sayChanged(draft, contact, trust.was, identityKey, trust.wasVerified)
      }
      return undefined
  }
}

/** Accounts that the server named, and with which nothing was ever said: to pin their keys is worth
 *  something, to keep every one that a server makes up is not. */
const MAX_STRANGERS = 1_000

function forgetStrangers(draft: Draft): void {
  const { view } = draft.context
  for (const account of view.strangers(MAX_STRANGERS)) {
    // Whom we removed from the list we knew once.
    if (view.meta(metKey(account)) !== undefined) continue
    draft.write(
      { kind: 'deleteContact', account },
      { kind: 'forgetDevices', account },
      { kind: 'deleteMeta', key: refusedKey(account) },
      { kind: 'deleteMeta', key: forkKey(account) },
    )
  }
}

const refusedKey = (account: AccountId): string => `refused/${account}`

/** There was something with them: their pinned key outlives everything else. */
export const metKey = (account: AccountId): string => `met/${account}`

function stranger(draft: Draft, account: AccountId, name: string): Contact {
  const reused = isTaken(draft.context.view, name)
  if (reused) {
    const data = { code: 'name_reused', account, device: null, seq: null } as const
    draft.event({}, { type: 'error', data })
  }
  return {
    account,
    // No name of the directory has a tilde: neither of the two is taken for the other.
    name: reused ? `${name}~${account.slice(0, APART)}` : name,
    alias: undefined,
    trust: { kind: 'unknown' },
    relation: 'none',
    addedAt: draft.now,
  }
}

/** Characters of an account's id that tell two of one name apart. */
const APART = 8

/** A name, or one that reads like it, is whose it was first. The server keeps them apart; one that
 *  does not shows a stranger as a friend. */
function isTaken(view: View, name: string): boolean {
  const skeleton = nameSkeleton(name)
  return [view.self().name, ...view.contacts().map((contact) => contact.name)].some(
    (other) => nameSkeleton(other) === skeleton,
  )
}

function sayChanged(
  draft: Draft,
  contact: Contact,
  was: Uint8Array,
  now: Uint8Array,
  wasVerified: boolean,
): void {
  const { account } = contact
  draft.putContact({ ...contact, trust: { kind: 'changed', was, now, wasVerified } })
  const chat = draft.chatWith(account, 'direct')?.id
  const data = { account, was_verified: wasVerified }
  draft.event(chat === undefined ? {} : { chat }, { type: 'identity_changed', data })
}

function learnDevices(draft: Draft, shown: Shown): void {
  const { account, identityKey, chain, seen } = shown
  const known = draft.context.view.devices(account)
  const { primitives } = draft.context.env
  try {
    const owner = { account, accountKey: identityKey }
    const verified = verifyChain(primitives, owner, known?.head, chain)
    if (verified.head.version !== known?.head.version) replace(draft, account, known, verified)
    lookForFork(draft, account, verified.head, seen)
  } catch (error) {
    if (!(error instanceof DeviceListError)) throw error
    sayRefused(draft, account)
  }
}

function replace(
  draft: Draft,
  account: AccountId,
  known: KnownDevices | undefined,
  { head, body, list }: VerifiedDeviceList,
): void {
  const { devices } = body
  const checkedAt = draft.now
  draft.write({ kind: 'putDevices', devices: { ...list, account, head, devices, checkedAt } })
  if (known === undefined) return
  for (const { device } of devices.filter((one) => !includes(known.devices, one.device))) {
    draft.event({}, { type: 'device_added', data: { account, device } })
  }
  for (const { device } of known.devices.filter((one) => !includes(devices, one.device))) {
    draft.event({}, { type: 'device_removed', data: { account, device } })
    for (const { session } of draft.context.view.sessions(device)) {
      draft.write({ kind: 'deleteSession', session })
    }
  }
}

const includes = (devices: readonly { readonly device: string }[], device: string): boolean =>
  devices.some((one) => one.device === device)

/** The peer knows a newer list than the server shows us, or another one of the same version. */
function lookForFork(
  draft: Draft,
  account: AccountId,
  known: DeviceListHead,
  seen: DeviceListHead | undefined,
): void {
  if (seen === undefined) return
  if (seen.version > known.version || isFork(known, seen)) sayFork(draft, account)
}

function sayRefused(draft: Draft, account: AccountId): void {
  const key = refusedKey(account)
  const last = draft.context.view.meta(key)
  if (last !== undefined && draft.now - decode(u64, last) < REFUSAL_QUIET_MS) return
  draft.write({ kind: 'putMeta', key, value: encode(u64, draft.now) })
  const data = { code: 'device_list_refused', account, device: null, seq: null } as const
  draft.event({}, { type: 'error', data })
}
