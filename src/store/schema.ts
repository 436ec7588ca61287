// The tables. Rows stand in the order of their arrival and are found by narrow unique indexes,
// because ids are random and a clustered random key makes each insert touch a page of its own.
// What each column is for and how long it stays: docs/storage.md, and a test compares the two.

import type { Migration } from './migrations.ts'

/** "SOTT": marks the file as ours for whoever holds the key. */
export const APPLICATION_ID = 0x534f5454

const id = (name: string): string => `${name} BLOB NOT NULL CHECK (length(${name}) = 16)`
const optionalId = (name: string): string =>
  `${name} BLOB CHECK (${name} IS NULL OR length(${name}) = 16)`
const flag = (name: string): string => `${name} INTEGER NOT NULL CHECK (${name} IN (0, 1))`

const PEOPLE = `
CREATE TABLE self (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  ${id('account')}, name TEXT NOT NULL, identity_key BLOB NOT NULL,
  ${id('device')}, device_name TEXT NOT NULL,
  server TEXT NOT NULL, server_key BLOB NOT NULL,
  created_at INTEGER NOT NULL, ${flag('registered')}
) STRICT;
CREATE TABLE meta (row INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value BLOB NOT NULL) STRICT;
CREATE TABLE contacts (
  row INTEGER PRIMARY KEY, ${id('account')} UNIQUE, name TEXT NOT NULL, alias TEXT,
  identity_key BLOB,
  trust TEXT NOT NULL CHECK (trust IN ('unknown', 'unverified', 'verified', 'changed')),
  offered_key BLOB, ${flag('was_verified')}, verified_at INTEGER,
  relation TEXT NOT NULL
    CHECK (relation IN ('none', 'outgoing', 'incoming', 'accepted', 'blocked')),
  added_at INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_name ON contacts (name);
CREATE INDEX contacts_alias ON contacts (alias) WHERE alias IS NOT NULL;
CREATE TABLE device_lists (
  row INTEGER PRIMARY KEY, ${id('account')} UNIQUE, version INTEGER NOT NULL,
  hash BLOB NOT NULL, body BLOB NOT NULL, signature BLOB NOT NULL, checked_at INTEGER NOT NULL
) STRICT;
CREATE TABLE device_names (
  row INTEGER PRIMARY KEY, ${id('device')} UNIQUE, name TEXT NOT NULL
) STRICT;
`

const KEYS = `
CREATE TABLE sessions (
  row INTEGER PRIMARY KEY, ${id('peer')}, session BLOB NOT NULL UNIQUE, state BLOB NOT NULL,
  ${flag('active')}, updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_peer ON sessions (peer);
CREATE TABLE skipped_keys (
  row INTEGER PRIMARY KEY, ${id('peer')}, session BLOB NOT NULL, ratchet_key BLOB NOT NULL,
  number INTEGER NOT NULL, message_key BLOB NOT NULL, created_at INTEGER NOT NULL,
  UNIQUE (session, ratchet_key, number)
) STRICT;
CREATE TABLE prekeys (
  row INTEGER PRIMARY KEY,
  kind TEXT NOT NULL
    CHECK (kind IN ('curve-signed', 'curve-one-time', 'kem-last-resort', 'kem-one-time')),
  id INTEGER NOT NULL, public_key BLOB NOT NULL, private_key BLOB NOT NULL,
  signature BLOB NOT NULL, created_at INTEGER NOT NULL, ${flag('uploaded')}, retired_at INTEGER,
  UNIQUE (kind, id)
) STRICT;
CREATE TABLE prekey_heights (
  row INTEGER PRIMARY KEY, kind TEXT NOT NULL UNIQUE, highest INTEGER NOT NULL
) STRICT;
CREATE TABLE handshakes (
  row INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, at INTEGER NOT NULL
) STRICT;
CREATE INDEX handshakes_at ON handshakes (at);
`

/** AUTOINCREMENT: a row number is read mark and cursor, so that none is ever given out twice.
 *  `messages_chat` answers paging, times and unread counts without touching a message. */
const HISTORY = `
CREATE TABLE chats (
  row INTEGER PRIMARY KEY, ${id('id')} UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('direct', 'group', 'self')),
  ${optionalId('account')}, title TEXT, muted_until INTEGER, ${flag('archived')},
  ${flag('pinned')}, expire_after INTEGER, created_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
  read_row INTEGER NOT NULL
) STRICT;
CREATE INDEX chats_account ON chats (account, kind);
CREATE TABLE messages (
  row INTEGER PRIMARY KEY AUTOINCREMENT, ${id('id')} UNIQUE, ${id('chat')}, ${id('account')},
  ${id('device')}, direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  kind TEXT NOT NULL, body TEXT NOT NULL, payload BLOB NOT NULL,
  sent_at INTEGER NOT NULL, received_at INTEGER NOT NULL, seq INTEGER,
  status TEXT NOT NULL CHECK (status IN
    ('scheduled', 'queued', 'stored', 'delivered', 'read', 'failed', 'received')),
  ${optionalId('reply_to')}, edited_at INTEGER, expire_after INTEGER, expires_at INTEGER,
  ${flag('silent')}, ${flag('pinned')}, due_at INTEGER, failure TEXT
) STRICT;
CREATE INDEX messages_chat ON messages (chat, row, received_at, direction);
CREATE INDEX messages_due ON messages (due_at) WHERE status = 'scheduled';
CREATE INDEX messages_pinned ON messages (chat, row) WHERE pinned = 1;
CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE reactions (
  row INTEGER PRIMARY KEY, ${id('message')}, ${id('account')}, emoji TEXT NOT NULL,
  at INTEGER NOT NULL, UNIQUE (message, account, emoji)
) STRICT;
CREATE TABLE attachments (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ${id('message')}, position INTEGER NOT NULL,
  name TEXT NOT NULL, mime TEXT NOT NULL, size INTEGER NOT NULL, ${optionalId('blob')},
  key BLOB NOT NULL, digest BLOB, path TEXT,
  state TEXT NOT NULL CHECK (state IN ('uploading', 'remote', 'downloading', 'saved', 'failed')),
  transferred INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_message ON attachments (message, position);
CREATE INDEX attachments_uploading ON attachments (row) WHERE state = 'uploading';
`

/** External content: the bodies stand once, in `messages`. Contentless tables are no choice:
 *  they keep the words of a deleted row until a merge; with 'secure-delete' nothing stays. The
 *  prefix index is for search while typing: without it the first letter walks half the index. */
const SEARCH = `
CREATE VIRTUAL TABLE search USING fts5 (
  body, content = 'messages', content_rowid = 'row', columnsize = 0, prefix = '1 2',
  tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
`

const TRAFFIC = `
CREATE TABLE seen (
  row INTEGER PRIMARY KEY, ${id('device')}, ${id('id')}, at INTEGER NOT NULL, UNIQUE (device, id)
) STRICT;
CREATE INDEX seen_at ON seen (at);
CREATE TABLE outbox (
  row INTEGER PRIMARY KEY AUTOINCREMENT, ${optionalId('message')}, ${optionalId('chat')},
  lists BLOB NOT NULL, items BLOB NOT NULL, not_before INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_delayed ON outbox (not_before) WHERE not_before > 0;
CREATE TABLE cursors (
  row INTEGER PRIMARY KEY, ${id('log')} UNIQUE, seq INTEGER NOT NULL
) STRICT;
CREATE TABLE events (
  cursor INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, ${optionalId('chat')},
  ${optionalId('message')}, data TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX events_message ON events (message) WHERE message IS NOT NULL;
CREATE TABLE consumers (
  row INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, cursor INTEGER NOT NULL
) STRICT;
CREATE TABLE idempotent (
  row INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, result TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotent_at ON idempotent (at);
CREATE TABLE receipts (
  row INTEGER PRIMARY KEY, ${id('account')}, ${id('message')},
  kind TEXT NOT NULL CHECK (kind IN ('delivered', 'read')), due_at INTEGER NOT NULL,
  UNIQUE (account, message, kind)
) STRICT;
CREATE INDEX receipts_due ON receipts (due_at);
CREATE TABLE quarantine (
  row INTEGER PRIMARY KEY, ${id('log')}, seq INTEGER NOT NULL, ${id('account')}, ${id('device')},
  body BLOB NOT NULL, stored_at INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
  UNIQUE (log, seq)
) STRICT;
CREATE INDEX quarantine_account ON quarantine (account, reason);
`

/** What a server is found out by that went back. `arrived` is clustered: a log grows at its end. */
const ARRIVED = `
CREATE TABLE arrived (
  ${id('log')}, seq INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE appended (
  row INTEGER PRIMARY KEY, ${id('log')} UNIQUE, seq INTEGER NOT NULL
) STRICT;
`

/** What a flood of entries or events makes is cut back after each of them, without a walk. The
 *  first is whole in itself: how much a reason holds is known without touching a body. */
const BOUNDS = `
CREATE INDEX quarantine_reason ON quarantine (reason, row, length(body));
CREATE INDEX events_alone ON events (type, cursor) WHERE message IS NULL;
`

/** Asked for at every connection; without it each reads a hundred large keys. */
const UNSENT = 'CREATE INDEX prekeys_unsent ON prekeys (kind, id) WHERE uploaded = 0'

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    run(connection) {
      connection.script(`PRAGMA application_id = ${APPLICATION_ID}`)
      connection.script(PEOPLE + KEYS + HISTORY + SEARCH + TRAFFIC)
    },
  },
  { version: 2, run: (connection) => connection.script(ARRIVED) },
  { version: 3, run: (connection) => connection.script(BOUNDS) },
  { version: 4, run: (connection) => connection.script(UNSENT) },
]
