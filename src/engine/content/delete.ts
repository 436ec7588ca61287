import { struct } from '../../protocol/codec.ts'
import { messageId } from '../../protocol/ids.ts'
import { kind, nothing } from './kind.ts'

const codec = struct({ message: messageId })

export const deleteKind = kind({ number: 34, visible: false, codec, body: nothing })
