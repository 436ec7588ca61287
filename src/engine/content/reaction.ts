import { bool, mapped, struct, text } from '../../protocol/codec.ts'
import { malformed } from '../../protocol/errors.ts'
import { messageId } from '../../protocol/ids.ts'
import { kind, nothing } from './kind.ts'

/** The longest emoji sequences are families and flags, under 50 bytes. */
const MAX_EMOJI_BYTES = 64

const emoji = mapped(
  text(MAX_EMOJI_BYTES),
  (value) => (isEmoji(value) ? value : refuse()),
  (value) => value,
)

const codec = struct({ message: messageId, emoji, removed: bool })

export const reactionKind = kind({ number: 35, visible: false, codec, body: nothing })

/** Made when it is wanted: it takes 10 ms, which a command that reads no reaction need not pay. */
let segmenter: Intl.Segmenter | undefined

/** One visible cluster and no control character: a reaction is a sign, not a second message. */
export function isEmoji(value: string): boolean {
  if (value === '' || value.length > MAX_EMOJI_BYTES || /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]/u.test(value)) {
    return false
  }
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return [...segmenter.segment(value)].length === 1
}

function refuse(): never {
  throw malformed('not one emoji')
}
