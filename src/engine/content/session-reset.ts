// Says, over a new session, that something in the old one could not be opened. That the new
// session stands is all that mends it; nothing is ever sent in answer, so two devices cannot loop.

import { struct } from '../../protocol/codec.ts'
import { kind, nothing } from './kind.ts'

export const sessionResetKind = kind({
  number: 50,
  visible: false,
  codec: struct({}),
  body: nothing,
})
