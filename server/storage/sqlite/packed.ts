// Appends on their way to the storage worker: one buffer for a whole group, which is moved, not
// copied. The worker wants ids as their bytes, which is how the columns hold them.

import {
  bytes,
  type Codec,
  decode,
  encode,
  fixed,
  list,
  optional,
  struct,
  u32,
  u64,
  type Value,
} from '../../../src/protocol/codec.ts'
import { accountId, clientId, deviceId, logId } from '../../../src/protocol/ids.ts'
import { MAX_APPEND_ITEMS, MAX_ENVELOPE_BYTES } from '../../../src/protocol/limits.ts'
import type { AppendRequest } from '../log-port.ts'

/** Bounds the time of one transaction to some milliseconds; the next group follows at once. */
export const MAX_GROUP = 512

interface Ids<A, D, C, L> {
  readonly account: Codec<A>
  readonly device: Codec<D>
  readonly client: Codec<C>
  readonly log: Codec<L>
}

const appendsWith = <A, D, C, L>({ account, device, client, log }: Ids<A, D, C, L>) =>
  list(
    struct({
      account,
      device,
      lists: list(struct({ account, version: u32 }), MAX_APPEND_ITEMS),
      items: list(
        struct({
          log,
          clientId: client,
          body: bytes(MAX_ENVELOPE_BYTES),
          expectedEpoch: optional(u64),
        }),
        MAX_APPEND_ITEMS,
      ),
    }),
    MAX_GROUP,
  )

const outgoing = appendsWith({ account: accountId, device: deviceId, client: clientId, log: logId })
const id = fixed(16)
const incoming = appendsWith({ account: id, device: id, client: id, log: id })

export type PackedAppend = Value<typeof incoming>[number]
export type PackedItem = PackedAppend['items'][number]

export const packAppends = (requests: readonly AppendRequest[]): Uint8Array =>
  encode(outgoing, requests)

export const unpackAppends = (packed: Uint8Array): readonly PackedAppend[] =>
  decode(incoming, packed)
