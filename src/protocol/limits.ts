// Limits that both ends of the wire must agree on, each with its reason.
// Limits that only we keep (cache sizes, timeouts) live with their users.

/** A text body. Longer texts travel as a file; 64 KiB is 10,000 words. */
export const MAX_TEXT_BYTES = 64 * 1024
/** A padded content: a full text plus its head, replies and attachment references. */
export const MAX_CONTENT_BYTES = 96 * 1024
/** An envelope is a padded content, a PQXDH head (about 3.4 KiB) and tags. */
export const MAX_ENVELOPE_BYTES = 104 * 1024
/** One WebSocket message. An append to several devices fits; memory per socket stays bounded. */
export const MAX_FRAME_BYTES = 1024 * 1024
/** Before authentication a peer may send one hello, nothing larger. */
export const MAX_HELLO_BYTES = 1024
/** Items of one atomic append: one message to the devices of two accounts, or a batch. */
export const MAX_APPEND_ITEMS = 64
/** Entries in one frame; with MAX_FRAME_BYTES whichever comes first. */
export const MAX_ENTRIES_PER_FRAME = 256
/** Sent and not yet acknowledged entries per log and reader before the server waits. */
export const MAX_UNACKED_ENTRIES = 1024
/** A restored server begins so far behind what it remembers, or farther: more than any log grows
 *  between a backup and its restore, and far below 2^53. A reader takes such a leap for what it is. */
export const RESTORE_LEAP = 2 ** 32
/** No honest leap ends beyond this before the year 2100: it goes by the clock. */
export const RESTORE_END = 2 ** 50
/** An ephemeral signal: typing, presence, call set-up (an SDP is about 4 KiB). */
export const MAX_SIGNAL_BYTES = 16 * 1024
/** Devices of one account: enough for a person, few enough to encrypt to each. */
export const MAX_DEVICES = 16
/** A chain of device lists fetched at once. */
export const MAX_LIST_CHAIN = 1024
/** One-time prekeys kept by the server per device and kind: 100 plus one refill in flight. */
export const MAX_ONE_TIME_PREKEYS = 200
/** Uploaded at once. */
export const ONE_TIME_PREKEY_BATCH = 100
/** Below this many the server asks for more. */
export const LOW_ONE_TIME_PREKEYS = 20
/** A file. The client streams it; the server's quota is usually far below. */
export const MAX_BLOB_BYTES = 16 * 1024 ** 3
/** An HTTP JSON body. 200 ML-KEM prekeys of 1.7 KiB in base64url are 450 KiB. */
export const MAX_HTTP_BODY_BYTES = 1024 * 1024
/** How far a signed time may be from the server's clock. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000
/** An entry nobody fetched is dropped after this long. */
export const RETENTION_MS = 30 * 24 * 3_600_000
/** A session token's life. Short, for it cannot be taken back but by removing the device. */
export const TOKEN_LIFETIME_MS = 15 * 60_000
