// Two people compare, in each message, what the server shows them of each other's devices (A1).

import { equalPublic } from '../protocol/bytes.ts'
import type { DeviceListHead } from '../protocol/device-list.ts'
import type { AccountId } from '../protocol/ids.ts'
import type { Content } from './content/content.ts'
import type { Draft } from './draft.ts'
import type { Contact } from './state.ts'

export function lookAtHeads(draft: Draft, contact: Contact, content: Content): void {
  compare(draft, contact.account, content.ownHead)
  compare(draft, draft.context.view.self().account, content.peerHead)
}

function compare(draft: Draft, account: AccountId, seen: DeviceListHead): void {
  const known = draft.context.view.devices(account)?.head
  if (known === undefined || seen.version > known.version) {
    draft.notify({ kind: 'look', account, seen })
  } else if (isFork(known, seen)) sayFork(draft, account)
  // An older head is a message that was long under way.
}

export const isFork = (known: DeviceListHead, seen: DeviceListHead): boolean =>
  known.version === seen.version && !equalPublic(known.hash, seen.hash)

export const forkKey = (account: AccountId): string => `fork/${account}`

/** Once per list: each message of a forked view would say it again. */
export function sayFork(draft: Draft, account: AccountId): void {
  const known = draft.context.view.devices(account)?.head
  const key = forkKey(account)
  const said = draft.context.view.meta(key)
  if (known !== undefined && said !== undefined && equalPublic(said, known.hash)) return
  if (known !== undefined) draft.write({ kind: 'putMeta', key, value: known.hash })
  const data = { code: 'device_list_fork', account, device: null, seq: null } as const
  draft.event({}, { type: 'error', data })
}
