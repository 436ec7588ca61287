// A device list changed under rows that stand in the outbox. What was encrypted for a device that
// is still there stays byte for byte; new devices get the same content, removed ones nothing.

import type { AccountId } from '../protocol/ids.ts'
import { mailboxOf } from '../protocol/ids.ts'
import { type Audience, audienceOf } from './audience.ts'
import { decodeContent } from './content/content.ts'
import type { Draft } from './draft.ts'
import { drop, OUTDATED } from './outbox.ts'
import { type Letter, letterKey, postItems, sealFor } from './seal.ts'
import { letterOf } from './send.ts'
import type { Outgoing } from './state.ts'
import type { Step } from './step.ts'

const isFor = (row: Outgoing, account: AccountId): boolean =>
  row.lists.some((list) => list.account === account)

/** All rows to the account at once, in their order, so that nothing overtakes. Stops with needs. */
export function reissue(draft: Draft, account: AccountId): Step {
  const rows = draft.context.view.outgoing().filter((row) => isFor(row, account))
  if (rows.length === 0) return draft.done()
  const audience = audienceOf(draft, account)
  // From the first outdated row on: a later one of today's list must not come before it.
  const first = rows.findIndex((row) => !isCurrent(row, audience))
  if (first < 0) return draft.done()
  for (const row of rows.slice(first)) reissueRow(draft, row, audience)
  return draft.done()
}

export const hasOutdated = (rows: readonly Outgoing[]): readonly AccountId[] => [
  ...new Set(
    rows
      .flatMap((row) => row.lists)
      .filter((list) => list.version === OUTDATED)
      .map((list) => list.account),
  ),
]

const isCurrent = (row: Outgoing, audience: Audience): boolean =>
  row.lists.every((list) => list.version === audience.head.version)

function reissueRow(draft: Draft, row: Outgoing, audience: Audience): void {
  drop(draft, row)
  const letter = letterIn(draft, row)
  const outdated = row.lists.some((list) => list.version === OUTDATED)
  const kept = outdated
    ? []
    : row.items.filter((item) => audience.devices.some((to) => mailboxOf(to.device) === item.log))
  if (letter === undefined) {
    // Deleted here meanwhile: to new devices it need not go. What is sealed for the others goes, as
    // it would have with the old list, or their ratchets would miss it; the deletion follows it.
    const lists = [{ account: audience.account, version: audience.head.version }]
    if (kept.length > 0) {
      draft.write({ kind: 'addOutbox', outgoing: { ...row, row: 0, lists, items: kept } })
    }
    return
  }
  const without = audience.devices.filter(
    (to) => !kept.some((item) => item.log === mailboxOf(to.device)),
  )
  const items = [...kept, ...sealFor(draft, audience, without, letter)]
  postItems(draft, audience, items, letter, { message: row.message, chat: row.chat })
}

function letterIn(draft: Draft, row: Outgoing): Letter | undefined {
  const { view } = draft.context
  if (row.message !== undefined) {
    const message = view.message(row.message)
    return message && letterOf(message)
  }
  const [first] = row.items
  const kept = first === undefined ? undefined : view.meta(letterKey(first.clientId))
  return kept === undefined ? undefined : decodeContent(kept)
}

/** After a changed key was accepted: nothing that was encrypted before may leave. */
export function outdate(draft: Draft, account: AccountId): void {
  for (const row of draft.context.view.outgoing()) {
    if (!isFor(row, account)) continue
    draft.write({ kind: 'deleteOutbox', row: row.row })
    const lists = row.lists.map((list) => ({ ...list, version: OUTDATED }))
    draft.write({ kind: 'addOutbox', outgoing: { ...row, row: 0, lists } })
  }
}
