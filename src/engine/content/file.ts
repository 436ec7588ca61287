import { fixed, list, struct, text, u64, type Value } from '../../protocol/codec.ts'
import { blobId } from '../../protocol/ids.ts'
import { kind } from './kind.ts'

/** What one message carries; more go out as several. */
export const MAX_ATTACHMENTS = 32
/** A caption is a remark, not a text. */
const MAX_CAPTION_BYTES = 4096
/** What file systems allow. */
const MAX_FILE_NAME_BYTES = 255
const MAX_MIME_BYTES = 127

/** The server has the ciphertext, and neither name, type, key nor exact size. */
const attachment = struct({
  name: text(MAX_FILE_NAME_BYTES),
  mime: text(MAX_MIME_BYTES),
  size: u64,
  blob: blobId,
  key: fixed(32),
  /** Where the attachment cipher's chain of SHA-256 over the header and each chunk of the ciphertext
   *  ends (crypto/attachment.ts), not a plain SHA-256 of it: a blob that is another one is found at
   *  its end at the latest, whatever its chunks open to (P6). */
  digest: fixed(32),
  sealedSize: u64,
})
const codec = struct({
  attachments: list(attachment, MAX_ATTACHMENTS),
  caption: text(MAX_CAPTION_BYTES),
})

export type FileBody = Value<typeof codec>

/** The caption, else the names, so that a search finds the file by either. */
export const fileKind = kind({
  number: 4,
  visible: true,
  codec,
  body: (value) =>
    [value.caption, ...value.attachments.map((item) => item.name)].filter(Boolean).join('\n'),
})
