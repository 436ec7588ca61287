// A request and its answer carry nothing: who asks is the session's owner, and a greeting is a
// text that follows.

import { struct } from '../../protocol/codec.ts'
import { kind, nothing } from './kind.ts'

const codec = struct({})

export const contactRequestKind = kind({ number: 48, visible: false, codec, body: nothing })
export const contactAcceptKind = kind({ number: 49, visible: false, codec, body: nothing })
