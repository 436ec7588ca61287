import { list, struct, text, type Value } from '../../protocol/codec.ts'
import { accountId } from '../../protocol/ids.ts'
import { MAX_TEXT_BYTES } from '../../protocol/limits.ts'
import { kind } from './kind.ts'

/** Everybody in a small group; a text that names more people names nobody. */
const MAX_MENTIONS = 64

const codec = struct({ text: text(MAX_TEXT_BYTES), mentions: list(accountId, MAX_MENTIONS) })

export type TextBody = Value<typeof codec>

export const textKind = kind({ number: 1, visible: true, codec, body: (value) => value.text })
