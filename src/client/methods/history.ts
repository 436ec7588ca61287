// What was said, from the profile alone: no network is asked.

import type { MessageRow, Page } from '../../store/port.ts'
import { resolveChat, resolveContact, resolveMessage } from '../addresses.ts'
import type { MessageJson, Params } from '../api.ts'
import { messageJson } from '../json.ts'
import { type MethodsOf, ownRow, type Profile } from '../profile.ts'
import { parseTime } from '../times.ts'

/** A screen full, where nobody says how many. */
const DEFAULT_LIMIT = 50
/** One answer stays a few megabytes; `before` and `after` go on from there. */
const MAX_LIMIT = 10_000

export const historyMethods: MethodsOf<'history' | 'search'> = {
  history: async ({ store }, params) => {
    const chat = resolveChat(store, params.chat)
    return paged(params.limit, store, (limit) =>
      store.messages({
        chat: chat.id,
        ...(params.only === undefined ? {} : { only: params.only }),
        ...boundsOf(store, params),
        limit,
      }),
    )(params.after !== undefined)
  },
  search: async (profile, params) => {
    const { store } = profile
    const page = { ...inChat(profile, params.in), ...fromName(profile, params.from) }
    const since = params.since === undefined ? {} : { since: parseTime(params.since) }
    return paged(params.limit, store, (limit) =>
      store.search(params.query, { ...page, ...since, limit }),
    )(false)
  },
}

type Bounds = Pick<Page, 'beforeRow' | 'afterRow' | 'since'>

function boundsOf(store: Profile['store'], params: Params<'history'>): Bounds {
  const { before, after, since } = params
  return {
    ...(before === undefined ? {} : { beforeRow: resolveMessage(store, before).row }),
    ...(after === undefined ? {} : { afterRow: resolveMessage(store, after).row }),
    ...(since === undefined ? {} : { since: parseTime(since) }),
  }
}

const inChat = ({ store }: Profile, typed: string | undefined): Pick<Page, 'chat'> =>
  typed === undefined ? {} : { chat: resolveChat(store, typed).id }

function fromName(profile: Profile, typed: string | undefined): Pick<Page, 'account'> {
  if (typed === undefined) return {}
  const self = ownRow(profile)
  const own = typed === 'me' || typed.replace(/^@/, '') === self.name
  return { account: own ? self.account : resolveContact(profile.store, typed).account }
}

interface Listing {
  readonly messages: readonly MessageJson[]
  readonly more: boolean
}

/** One row more than asked for says whether there are more; it is the one farthest on. */
function paged(
  wanted: number | undefined,
  store: Profile['store'],
  read: (limit: number) => readonly MessageRow[],
): (forwards: boolean) => Listing {
  const limit = Math.min(Math.max(1, wanted ?? DEFAULT_LIMIT), MAX_LIMIT)
  return (forwards) => {
    const rows = read(limit + 1)
    const more = rows.length > limit
    const kept = !more ? rows : forwards ? rows.slice(0, limit) : rows.slice(1)
    return { messages: kept.map((row) => messageJson(store, row)), more }
  }
}
