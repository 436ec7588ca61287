// Whether an entry is one that came before. A cursor alone cannot tell: a server whose data went
// back to an older copy gives its numbers out a second time, and what is new would be passed over
// as old (N11). So the digests of the last entries are remembered beside their numbers.

import { concat, equalPublic } from '../protocol/bytes.ts'
import { decode, encode, u64 } from '../protocol/codec.ts'
import { idToBytes, type LogId } from '../protocol/ids.ts'
import { Draft } from './draft.ts'
import type { Arrived } from './incoming.ts'
import { noteRolledBack } from './rolled-back.ts'
import type { Context, Step } from './step.ts'

/** Far more than an honest server says twice: 1,024 entries that nobody acknowledged, and what is
 *  acknowledged in the tenth of a second before it is committed. About a megabyte. */
const REMEMBERED = 16_384
/** How many are forgotten at once. */
const FORGOTTEN = 1_024
/** Of SHA-256. A collision hides a message from whom its own sender made it. */
const DIGEST_BYTES = 16

/** Up to which number the entries of a log may have come before, under whatever number. */
const rewoundKey = (log: LogId): string => `rewound/${log}`

type Place =
  /** The cursor passed it, and it is what came then. */
  | 'old'
  /** It came before the log was wound back: the cursor passes it once more, nothing else. */
  | 'known'
  | 'new'

/** Where the entry belongs. Writes the cursor and what the entry is known by from now on. */
export function placeEntry(draft: Draft, log: LogId, entry: Arrived): Place {
  const { view } = draft.context
  const digest = digestOf(draft, entry)
  const again = entry.seq <= view.cursor(log)
  if (again) {
    const before = view.arrived(log, entry.seq)
    // Nothing that is forgotten by now comes again from a server that went forward.
    if (before === undefined || equalPublic(before, digest)) return 'old'
    windBack(draft, log)
  }
  draft.write({ kind: 'putCursor', log, seq: entry.seq })
  const known = (again || isRewound(draft, log, entry.seq)) && view.hasArrived(log, digest)
  draft.write({ kind: 'putArrived', log, seq: entry.seq, digest })
  if (entry.seq % FORGOTTEN === 0) {
    draft.write({ kind: 'forgetArrived', log, upTo: entry.seq - REMEMBERED })
  }
  return known ? 'known' : 'new'
}

/** Where the server sees a log of ours, said at a login before any entry of it. */
export interface LogPosition {
  readonly cursor: number
  readonly head: number
}

/** A log never shrinks, but by a server that went back. */
export function placeLog(context: Context, log: LogId, server: LogPosition): Step {
  const draft = new Draft(context)
  if (context.view.cursor(log) > server.head) {
    windBack(draft, log)
    draft.write({ kind: 'putCursor', log, seq: Math.min(server.cursor, server.head) })
  }
  return draft.done()
}

function windBack(draft: Draft, log: LogId): void {
  const { view } = draft.context
  const before = view.meta(rewoundKey(log))
  const seq = Math.max(view.cursor(log), before === undefined ? 0 : decode(u64, before))
  draft.write({ kind: 'putMeta', key: rewoundKey(log), value: encode(u64, seq) })
  noteRolledBack(draft)
}

function isRewound(draft: Draft, log: LogId, seq: number): boolean {
  const rewound = draft.context.view.meta(rewoundKey(log))
  if (rewound === undefined) return false
  if (seq <= decode(u64, rewound)) return true
  draft.write({ kind: 'deleteMeta', key: rewoundKey(log) })
  return false
}

const digestOf = (draft: Draft, { account, device, body }: Arrived): Uint8Array =>
  draft.context.env.primitives
    .sha256(concat(idToBytes(account), idToBytes(device), body))
    .slice(0, DIGEST_BYTES)
