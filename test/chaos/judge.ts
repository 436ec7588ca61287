// What both histories say in the end, against what was sent: nothing lost (I1), nothing twice (I2),
// nothing out of order (I3), nothing else than was sent (I4).

import type { MessageJson } from '../../src/client/api.ts'
import type { Posted } from './traffic.ts'
import { NAMES, type Name, peerOf, type World } from './world.ts'

/** More than a run ever sends. */
const ALL = '10000'

export async function judgeHistories(
  world: World,
  posted: readonly Posted[],
): Promise<readonly string[]> {
  const violations: string[] = []
  for (const name of NAMES) {
    const printed = await world.run(name, ['history', peerOf(name), '--limit', ALL, '--json'])
    const rows = printed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as MessageJson)
    violations.push(...judgeHistory(name, rows, posted))
  }
  return violations
}

const SENT_KINDS: readonly string[] = ['text', 'file', 'deleted', 'unsupported']

export function judgeHistory(
  name: Name,
  rows: readonly MessageJson[],
  posted: readonly Posted[],
): readonly string[] {
  const violations: string[] = []
  const shown = rows.filter(({ kind }) => SENT_KINDS.includes(kind))
  const byId = new Map(shown.map((row) => [row.id, row]))
  if (byId.size !== shown.length) violations.push(`I2: ${name} has a message twice`)
  const saidOnce = new Set(shown.map(({ body, id, kind }) => (kind === 'deleted' ? id : body)))
  if (saidOnce.size !== shown.length) violations.push(`I2: ${name} has a text twice`)
  for (const one of posted) {
    const row = byId.get(one.id ?? '')
    if (row === undefined) violations.push(lack(name, one))
    else violations.push(...differences(name, one, row))
  }
  // A send that was not answered has no id here, and may have arrived all the same.
  const sent = new Set(posted.map(({ id, said }) => id ?? said))
  for (const { id, kind, body } of shown) {
    if (!sent.has(id) && !sent.has(body))
      violations.push(`I4: ${name} has a ${kind} that was not sent`)
  }
  for (const from of NAMES) {
    if (
      !inOrder(
        shown,
        posted.filter((one) => one.from === from && one.kind === 'text'),
      )
    ) {
      violations.push(`I3: ${name} has what ${from} said in another order`)
    }
  }
  return violations
}

/** Lost is what its sender was told to be stored. */
const lack = (name: Name, { said, stored }: Posted): string =>
  stored ? `I1: ${name} lacks ${said}` : `I7: ${said} was never stored`

function differences(name: Name, one: Posted, row: MessageJson): readonly string[] {
  const body = one.deleted ? '' : one.body
  const reactions = one.reaction === undefined ? [] : [`${one.reaction} ${peerOf(one.from)}`]
  const found = row.reactions.map(({ emoji, from }) => `${emoji} ${from}`)
  const differs: string[] = []
  if (row.body !== body) differs.push(`reads “${row.body}”`)
  if (String(found) !== String(reactions)) differs.push(`has the reactions ${found}`)
  if ((row.kind === 'deleted') !== one.deleted) differs.push(`is ${row.kind}`)
  if (row.from.name !== one.from) differs.push(`is from ${row.from.name}`)
  return differs.map((what) => `I4: ${name}: ${one.said} ${what}`)
}

/** A file goes when it was uploaded, and what was said meanwhile before it: only texts count. */
function inOrder(rows: readonly MessageJson[], texts: readonly Posted[]): boolean {
  const place = new Map(rows.map(({ id }, index) => [id, index]))
  const places = texts.map(({ id }) => place.get(id ?? '')).filter((at) => at !== undefined)
  return places.every((at, index) => index === 0 || at > (places[index - 1] ?? 0))
}
