// What listeners hear, made of the driver's notices. Not durable: `receive` is. A message comes
// again whenever its row changes; whoever shows it replaces it by its id.

import type { Notice } from '../engine/step.ts'
import type { StoreReader } from '../store/port.ts'
import { accountName, eventJson, messageJson } from './json.ts'
import type { LiveEvent } from './service.ts'

export function liveEvent(store: StoreReader, notice: Notice): LiveEvent | undefined {
  switch (notice.kind) {
    case 'event': {
      const [row] = store.events(notice.cursor - 1, 1)
      return row?.cursor === notice.cursor ? eventJson(store, row) : undefined
    }
    case 'message': {
      if (notice.change === 'removed') {
        return { v: 1, type: 'message_removed', id: notice.message, chat: notice.chat }
      }
      const row = store.message(notice.message)
      // One that came in is told by its line of the journal, with its cursor.
      if (row === undefined || (notice.change === 'added' && row.direction === 'in'))
        return undefined
      return messageJson(store, row)
    }
    case 'chat':
      return { v: 1, type: 'chat_changed', chat: notice.chat }
    case 'contact': {
      const { account } = notice
      return { v: 1, type: 'contact_changed', id: account, name: accountName(store, account) }
    }
    default:
      return undefined
  }
}
