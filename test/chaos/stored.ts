// I8: after a run every page of every database is authentic, and every record in it opens. What
// reads here is the product's own code, in this process, while no other holds the files.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { BLOBS_FOLDER, DATABASE_FILE } from '../../server/data-folder.ts'
import { openSql, type Sql } from '../../server/storage/sqlite/open.ts'
import { realEnv } from '../../src/client/env.ts'
import { profilePaths } from '../../src/client/paths.ts'
import { vaultSealer } from '../../src/client/sealer.ts'
import { viewOf } from '../../src/client/view.ts'
import type { KeyPair } from '../../src/crypto/primitives.ts'
import { decodeState } from '../../src/crypto/ratchet/state.ts'
import { bodyOf } from '../../src/engine/amend.ts'
import { sealedFileKeychain } from '../../src/keychain/sealed-file.ts'
import { equalPublic } from '../../src/protocol/bytes.ts'
import { decode } from '../../src/protocol/codec.ts'
import { envelopeCodec } from '../../src/protocol/envelope.ts'
import { type BlobId, idFromBytes } from '../../src/protocol/ids.ts'
import type { PrekeyKindName, Store } from '../../src/store/port.ts'
import { openStore } from '../../src/store/sqlite-store.ts'
import { PASSPHRASE } from './world.ts'

const ALL = 1_000_000

/** What is wrong with a profile; nothing if it is whole. */
export async function judgeProfile(home: string, profile: string): Promise<readonly string[]> {
  const paths = profilePaths(home, profile)
  const keychain = sealedFileKeychain({
    path: paths.sealed,
    sealer: vaultSealer,
    passphrase: () => Promise.resolve(PASSPHRASE),
  })
  const secrets = await keychain.load()
  if (secrets === undefined) return [`I8: ${profile} has no secrets`]
  const store = openStore({ path: paths.database, key: secrets.databaseKey })
  try {
    return [
      ...store.integrity().map((fault) => `I8: ${profile}: ${fault}`),
      ...unreadable(store).map((what) => `I8: ${profile}: ${what}`),
      ...store.quarantined(ALL).map(({ reason }) => `I6: ${profile} put aside: ${reason}`),
      ...store.outbox(ALL, ALL).map(({ row }) => `I1: ${profile} still has to send ${row}`),
    ]
  } finally {
    store.close()
  }
}

const KINDS: readonly PrekeyKindName[] = [
  'curve-signed',
  'curve-one-time',
  'kem-last-resort',
  'kem-one-time',
]

function unreadable(store: Store): readonly string[] {
  const view = viewOf(store)
  const faults: string[] = []
  const opens = (what: string, read: () => unknown): void => {
    try {
      if (read() === undefined) faults.push(`${what} is gone`)
    } catch (error) {
      faults.push(`${what} does not open: ${error}`)
    }
  }
  for (const { account } of [...store.contacts(), view.self()]) {
    opens('a device list', () => view.devices(account))
    for (const { device } of view.devices(account)?.devices ?? []) {
      for (const { state } of store.sessions(device)) opens('a session', () => decodeState(state))
    }
  }
  for (const message of store.messages({ limit: ALL })) {
    if (message.kind !== 'deleted') opens('a message', () => bodyOf(message))
  }
  for (const row of store.outbox(ALL, ALL)) {
    for (const { body } of row.items) opens('a ciphertext', () => decode(envelopeCodec, body))
  }
  for (const { data } of store.events(0, ALL)) opens('an event', () => JSON.parse(data))
  for (const kind of KINDS) {
    for (const { privateKey, publicKey } of store.prekeys(kind)) {
      const same = equalPublic(pairOf(kind, privateKey).publicKey, publicKey)
      if (!same) faults.push(`a ${kind} prekey has another public key`)
    }
  }
  return faults
}

const pairOf = (kind: PrekeyKindName, seed: Uint8Array): KeyPair =>
  kind.startsWith('kem')
    ? realEnv.primitives.mlKemKeyPair(seed)
    : realEnv.primitives.x25519KeyPair(seed)

export function judgeServer(data: string): readonly string[] {
  const sql = openSql({ path: join(data, DATABASE_FILE), readonly: true })
  try {
    return [
      ...sql
        .all<{ integrity_check: string }>('PRAGMA integrity_check')
        .map((row) => row.integrity_check)
        .filter((text) => text !== 'ok'),
      ...miscounted(sql),
      ...lostBlobs(sql, join(data, BLOBS_FOLDER)),
    ].map((fault) => `I8: server: ${fault}`)
  } finally {
    sql.close()
  }
}

const miscounted = (sql: Sql): readonly string[] =>
  sql
    .all<{ number: number }>(
      `SELECT number FROM log LEFT JOIN
         (SELECT log, count(*) AS held, sum(length(body)) AS size, max(seq) AS newest
          FROM entry GROUP BY log) ON log = number
       WHERE entries <> coalesce(held, 0) OR bytes <> coalesce(size, 0) OR head < coalesce(newest, 0)`,
    )
    .map(({ number }) => `log ${number} counts otherwise than it holds`)

const lostBlobs = (sql: Sql, folder: string): readonly string[] =>
  sql
    .all<{ id: Uint8Array; size: number }>('SELECT id, size FROM blob WHERE complete = 1')
    .filter(({ id, size }) => {
      const name = idFromBytes<BlobId>(id)
      const file = statSync(join(folder, name.slice(0, 2), name), { throwIfNoEntry: false })
      return file?.size !== size
    })
    .map(() => 'a blob is not what its row says')
