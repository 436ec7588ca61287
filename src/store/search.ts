// Full-text search. A person's words are plain text: none of them is ever read as query syntax.

import type { Connection } from './connection.ts'
import { type MessageColumns, messageRow, pageConditions, pageOrder } from './messages.ts'
import type { MessageRow, Page, StoreWriter } from './port.ts'

/** Each word costs a look-up; nobody remembers more of a message. */
const MAX_WORDS = 16
/** Longer than any word that a person types, far below what would make a query slow. */
const MAX_WORD_LENGTH = 100

/** What the tokenizer `unicode61` makes words of: letters, numbers, private use. */
const isIndexed = (word: string) => /[\p{L}\p{N}\p{Co}]/u.test(word)
/** Scripts without spaces: the tokenizer takes a sentence for one word, and emoji for none. */
const isUnspaced = (word: string) =>
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u.test(
    word,
  )

interface SearchTerms {
  /** For FTS5's MATCH; undefined if no word can be looked up. */
  readonly match: string | undefined
  /** Looked for letter by letter in what the rest finds. */
  readonly contained: readonly string[]
}

function searchTerms(query: string): SearchTerms {
  const words = query
    .toWellFormed()
    // SQLite takes NUL for the end of the query.
    .split(/[\s\0]+/u)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS)
    .map((word) => [...word].slice(0, MAX_WORD_LENGTH).join(''))
  const indexed = words.filter((word) => isIndexed(word) && !isUnspaced(word))
  const unfinished = /[^\s\0]$/u.test(query)
  const phrases = indexed.map((word) => {
    const last = unfinished && word === words.at(-1)
    return `"${word.replaceAll('"', '""')}"${last ? '*' : ''}`
  })
  return {
    match: phrases.length === 0 ? undefined : phrases.join(' '),
    contained: words.filter((word) => !indexed.includes(word)),
  }
}

export function searchRows(connection: Connection): Pick<StoreWriter, 'search'> {
  return { search: (query, page) => search(connection, searchTerms(query), page) }
}

function search(
  connection: Connection,
  { match, contained }: SearchTerms,
  page: Page,
): readonly MessageRow[] {
  if (match === undefined && contained.length === 0) return []
  const conditions = pageConditions(page)
  const order = pageOrder(page)
  // CROSS JOIN fixes the order: the index first, then each message that it names.
  const [from, number] =
    match === undefined
      ? (['messages', 'messages.row'] as const)
      : (['search CROSS JOIN messages ON messages.row = search.rowid', 'search.rowid'] as const)
  const where = [
    ...(match === undefined ? [] : ['search MATCH ?']),
    conditions.sql.replaceAll('messages.row', number),
    ...contained.map(() => 'instr(messages.body, ?) > 0'),
  ]
  const rows = connection
    .all<MessageColumns>(
      `SELECT messages.* FROM ${from} WHERE ${where.join(' AND ')}
       ORDER BY ${number} ${order.sql} LIMIT ?`,
      ...(match === undefined ? [] : [match]),
      ...conditions.params,
      ...contained,
      page.limit,
    )
    .map(messageRow)
  return order.flip ? rows.reverse() : rows
}
