import { struct } from '../../protocol/codec.ts'
import { messageId } from '../../protocol/ids.ts'
import { kind, nothing } from './kind.ts'
import { textKind } from './text.ts'

/** A whole new text for a text of one's own. */
const codec = struct({ message: messageId, text: textKind.codec })

export const editKind = kind({ number: 33, visible: false, codec, body: nothing })
