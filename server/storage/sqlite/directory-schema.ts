// The tables of the directory. docs/operations.md lists every column with its retention; a test
// compares the two.

const FIRST = `
CREATE TABLE account (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  -- Confusable names have one skeleton: names.ts.
  skeleton TEXT NOT NULL UNIQUE,
  identity_key BLOB NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0,
  operator INTEGER NOT NULL DEFAULT 0,
  list_version INTEGER NOT NULL,
  created_day INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE device_list (
  account BLOB NOT NULL,
  version INTEGER NOT NULL,
  body BLOB NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (account, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  id BLOB PRIMARY KEY,
  account BLOB NOT NULL,
  signing_key BLOB NOT NULL,
  seen_day INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX device_by_account ON device (account);

-- Signed and last-resort keys: one of each kind, replaced by the next.
CREATE TABLE standing_prekey (
  device BLOB NOT NULL,
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  key BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (device, kind)
) STRICT;

CREATE TABLE one_time_prekey (
  place INTEGER PRIMARY KEY,
  device BLOB NOT NULL,
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  key BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  signature BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_time_by_id ON one_time_prekey (device, kind, id);

-- Keys that were handed out: an upload that is repeated after a lost answer must not bring them
-- back. The signature names the key; 16 of its bytes are enough to tell keys apart.
CREATE TABLE spent_prekey (
  device BLOB NOT NULL,
  mark BLOB NOT NULL,
  spent_day INTEGER NOT NULL,
  PRIMARY KEY (device, mark)
) STRICT, WITHOUT ROWID;

CREATE TABLE invite (
  hash BLOB PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  uses_left INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  operator INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blob (
  id BLOB PRIMARY KEY,
  owner BLOB NOT NULL,
  size INTEGER NOT NULL,
  complete INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_by_owner ON blob (owner, size);
CREATE INDEX blob_by_expiry ON blob (expires_at);

CREATE TABLE restore (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  count INTEGER NOT NULL
) STRICT;
INSERT INTO restore (only, count) VALUES (1, 0);
`

/** Two restores of one backup count the same: the mark tells them apart. */
const RESTORE_MARKS = `
ALTER TABLE restore ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;
-- Which file the database was when it was opened last.
ALTER TABLE restore ADD COLUMN file TEXT;
`

export const directorySchema: readonly string[] = [FIRST, RESTORE_MARKS]
