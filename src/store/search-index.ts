// What goes into the full-text index and out of it. The index keeps no bodies: to take an entry
// out, FTS5 must be told exactly the text that went in.

import type { Connection } from './connection.ts'

export interface SearchIndex {
  add(row: number, body: string): void
  remove(row: number, body: string): void
  /** While the chat's messages still stand. */
  removeChat(chat: Uint8Array): void
}

const ADD = 'INSERT INTO search (rowid, body) VALUES (?, ?)'
const REMOVE = "INSERT INTO search (search, rowid, body) VALUES ('delete', ?, ?)"
const REMOVE_CHAT = `
INSERT INTO search (search, rowid, body)
SELECT 'delete', row, body FROM messages WHERE chat = ? AND body <> ''`

export function searchIndex(connection: Connection): SearchIndex {
  return {
    add(row, body) {
      if (body !== '') connection.change(ADD, row, body)
    },
    remove(row, body) {
      if (body !== '') connection.change(REMOVE, row, body)
    },
    removeChat: (chat) => void connection.change(REMOVE_CHAT, chat),
  }
}
