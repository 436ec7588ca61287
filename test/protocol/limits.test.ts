// What docs/protocol.md states of sizes and times, once more: a limit that moves breaks the wire.

import { expect, test } from 'vitest'
import {
  MAX_OLD_SESSIONS,
  MAX_SKIP,
  MAX_SKIPPED_KEPT,
  SKIPPED_LIFETIME_MS,
} from '../../src/crypto/ratchet/limits.ts'
import * as limits from '../../src/protocol/limits.ts'

const MINUTE = 60_000
const DAY = 86_400_000

test('the limits of the wire are those of its document', () => {
  expect({ ...limits }).toEqual({
    MAX_TEXT_BYTES: 65_536,
    MAX_CONTENT_BYTES: 98_304,
    MAX_ENVELOPE_BYTES: 106_496,
    MAX_FRAME_BYTES: 1_048_576,
    MAX_HELLO_BYTES: 1024,
    MAX_APPEND_ITEMS: 64,
    MAX_ENTRIES_PER_FRAME: 256,
    MAX_UNACKED_ENTRIES: 1024,
    RESTORE_LEAP: 2 ** 32,
    RESTORE_END: 2 ** 50,
    MAX_SIGNAL_BYTES: 16_384,
    MAX_DEVICES: 16,
    MAX_LIST_CHAIN: 1024,
    MAX_ONE_TIME_PREKEYS: 200,
    ONE_TIME_PREKEY_BATCH: 100,
    LOW_ONE_TIME_PREKEYS: 20,
    MAX_BLOB_BYTES: 17_179_869_184,
    MAX_HTTP_BODY_BYTES: 1_048_576,
    MAX_CLOCK_SKEW_MS: 5 * MINUTE,
    RETENTION_MS: 30 * DAY,
    TOKEN_LIFETIME_MS: 15 * MINUTE,
  })
})

test('a skipped key is kept as long as the server keeps the entry that it opens', () => {
  expect(SKIPPED_LIFETIME_MS).toBe(limits.RETENTION_MS)
})

test('a ratchet gives up where docs/protocol/sessions.md says', () => {
  expect([MAX_SKIP, MAX_SKIPPED_KEPT, MAX_OLD_SESSIONS]).toEqual([1000, 2000, 5])
})
