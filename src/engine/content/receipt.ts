import { list, struct, type Value } from '../../protocol/codec.ts'
import { messageId } from '../../protocol/ids.ts'
import { kind, nothing } from './kind.ts'

/** Of one batch; what is over goes with the next. */
export const MAX_RECEIPTS = 256

const codec = struct({
  delivered: list(messageId, MAX_RECEIPTS),
  read: list(messageId, MAX_RECEIPTS),
})

export type ReceiptBody = Value<typeof codec>

export const receiptKind = kind({ number: 36, visible: false, codec, body: nothing })
