// Whom a content is encrypted for: the devices of an account's verified list, and nobody else.
// Everything that can forbid it is asked here, in one place, before a key is touched.

import type { PeerDevice } from '../crypto/session.ts'
import type { DeviceListHead, DeviceRecord } from '../protocol/device-list.ts'
import type { AccountId } from '../protocol/ids.ts'
import type { Draft } from './draft.ts'
import type { Contact } from './state.ts'
import type { Need } from './step.ts'
import { need, refuse } from './stop.ts'

export interface Audience {
  readonly account: AccountId
  readonly head: DeviceListHead
  readonly ownHead: DeviceListHead
  readonly devices: readonly PeerDevice[]
}

/** The key that is pinned for an account, or a refusal. A changed key encrypts nothing (A6). */
export function pinnedKey(contact: Contact): Uint8Array {
  switch (contact.trust.kind) {
    case 'unverified':
    case 'verified':
      return contact.trust.key
    case 'changed':
      return refuse('untrusted_identity', 'the identity key changed')
    case 'unknown':
      return refuse('not_found', 'no identity key is known')
  }
}

/** Stops with a need while a list or a session is missing. */
export function audienceOf(draft: Draft, account: AccountId): Audience {
  const { view, facts } = draft.context
  const self = view.self()
  const contact = draft.contact(account)
  if (contact?.trust.kind === 'changed') pinnedKey(contact)
  const known = view.devices(account)
  const own = view.devices(self.account)
  const missing: Need[] = []
  if (contact === undefined || contact.trust.kind === 'unknown' || known === undefined) {
    if (facts.gone.has(account)) refuse('not_found', 'no such account')
    if (facts.asked.has(account)) refuse('server', 'no device list that can be believed')
    missing.push({ kind: 'devices', account })
  }
  if (own === undefined) {
    if (facts.asked.has(self.account)) refuse('server', 'no device list of our own')
    missing.push({ kind: 'devices', account: self.account })
  }
  if (contact === undefined || known === undefined || own === undefined) return need(...missing)
  const accountKey = pinnedKey(contact)
  const devices = known.devices.map((device) => peerOf(account, accountKey, device))
  needBundles(draft, devices)
  return { account, head: known.head, ownHead: own.head, devices }
}

export const peerOf = (
  account: AccountId,
  accountKey: Uint8Array,
  record: DeviceRecord,
): PeerDevice => ({
  account,
  accountKey,
  device: record.device,
  signingKey: record.signingKey,
  agreementKey: record.agreementKey,
})

export const hasSession = (draft: Draft, device: PeerDevice): boolean =>
  draft.book(device.device).sessions.some((session) => session.active)

/** Stops until each device has a session or a bundle to make one of. */
function needBundles(draft: Draft, devices: readonly PeerDevice[]): void {
  const { bundles } = draft.context.facts
  const without = devices.filter((device) => !hasSession(draft, device))
  const toClaim = without.filter(({ device }) => !bundles.has(device))
  const [first] = toClaim
  if (first !== undefined) {
    need({
      kind: 'bundles',
      account: first.account,
      devices: toClaim.map(({ device }) => device),
    })
  }
  if (without.some(({ device }) => bundles.get(device) === undefined)) {
    refuse('server', 'a device has no prekeys')
  }
}
