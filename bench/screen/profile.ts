// A large profile of somebody real: an account on a server, one friend who can write, and beside
// that rows enough for years of talk.

import { openKeychain } from '../../src/client/keychains.ts'
import { profilePaths } from '../../src/client/paths.ts'
import { encodeBody } from '../../src/engine/content/kinds.ts'
import { readMarker } from '../../src/keychain/marker.ts'
import type { ChatId } from '../../src/protocol/ids.ts'
import type { MessageRow, Store } from '../../src/store/port.ts'
import { openStore } from '../../src/store/sqlite-store.ts'
import {
  account,
  chat,
  chatRow,
  contactRow,
  device,
  message,
  messageRow,
} from '../../test/store/rows.ts'
import type { Stage } from '../../test/tui/journeys/stage.ts'

export interface Size {
  readonly messages: number
  readonly chats: number
  /** Of them in the conversation with the friend. */
  readonly inThread: number
}

const MINUTE_MS = 60_000
const BATCH = 1_000

/** Ann's, whose friend is ben. Nobody holds it afterwards. */
export async function fillProfile(stage: Stage, size: Size): Promise<void> {
  await stage.registered('ann', 'ben')
  await stage.befriended('ben', 'ann')
  await stage.send('ben', 'ann', 'the first word')
  await stage.got('ann')
  await stage.letGo('ann')
  const store = await storeOf(stage)
  try {
    fillStore(store, size)
  } finally {
    store.close()
  }
}

async function storeOf(stage: Stage): Promise<Store> {
  const paths = profilePaths(stage.home('ann'), 'default')
  const marker = await readMarker(paths.marker)
  if (marker === undefined) throw new Error('no profile was made')
  const options = { ...stage.options('ann'), network: 'offline' as const }
  const keychain = await openKeychain({ kind: 'file', entry: marker.entry }, paths, options)
  const secrets = await keychain.load()
  if (secrets === undefined) throw new Error('no secrets were made')
  return openStore({ path: paths.database, key: secrets.databaseKey })
}

function fillStore(store: Store, { chats, inThread, messages }: Size): void {
  const friend = store.chats().find(({ kind }) => kind === 'direct')
  const own = store.self()
  if (friend === undefined || own === undefined) throw new Error('no friend in the profile')
  const now = Date.now()
  store.transaction((tx) => {
    for (let number = 2; number < chats + 1; number += 1) {
      tx.putContact({ ...contactRow, account: account(number), name: `friend${number}` })
      tx.putChat({
        ...chatRow,
        id: chat(number),
        account: account(number),
        lastAt: now - number * MINUTE_MS,
        readRow: number % 10 === 0 ? 0 : messages * 2,
      })
    }
  })
  const thread = (number: number): ChatId =>
    number % Math.round(messages / inThread) === 0 ? friend.id : chat(2 + (number % (chats - 1)))
  const row = (number: number): MessageRow => ({
    ...messageRow,
    id: message(number + 1),
    chat: thread(number),
    account: number % 3 === 0 ? own.account : (friend.account ?? own.account),
    device: number % 3 === 0 ? own.device : device(2),
    direction: number % 3 === 0 ? 'out' : 'in',
    status: number % 3 === 0 ? 'delivered' : 'received',
    body: sentence(number),
    payload: encodeBody({ kind: 'text', text: sentence(number), mentions: [] }),
    sentAt: now - (messages - number) * MINUTE_MS,
    receivedAt: now - (messages - number) * MINUTE_MS,
  })
  for (let first = 0; first < messages; first += BATCH) {
    store.transaction((tx) => {
      for (let number = first; number < first + BATCH; number += 1) tx.addMessage(row(number))
    })
  }
  const [last] = store.messages({ chat: friend.id, limit: 1 })
  store.transaction((tx) => tx.putChat({ ...friend, readRow: last?.row ?? 0 }))
}

const WORDS =
  'the build is green and what we said of it yesterday holds `npm test` **now** too'.split(' ')

/** A few words to a few lines. */
const sentence = (number: number): string =>
  Array.from(
    { length: 3 + ((number * 7) % 40) },
    (_, at) => WORDS[(number * 31 + at * 17) % WORDS.length] ?? '',
  ).join(' ')
