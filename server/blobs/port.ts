// Where the bytes of blobs lie: encrypted attachments, named by their ids and nothing else. Who
// owns one and until when is the directory's.

import type { BlobId } from '../../src/protocol/ids.ts'

export interface BlobStore {
  /** How many bytes are there, finished or not; 0 where nothing is. */
  received(blob: BlobId): Promise<number>
  /**
   * Writes at `from`, which must be what is received, until the source ends; what came before it
   * failed stays. Durable when it resolves; the answer is what is received then.
   */
  append(blob: BlobId, part: BlobPart): Promise<AppendedBytes>
  /** From now on it can be read. Doing it twice changes nothing. */
  finish(blob: BlobId): Promise<void>
  /** Bytes `from` up to but without `to` of a finished blob, in constant memory. */
  read(blob: BlobId, from: number, to: number): AsyncIterable<Uint8Array>
  remove(blob: BlobId): Promise<void>
  all(): AsyncIterable<BlobId>
}

export interface BlobPart {
  readonly from: number
  /** More than this is not taken. */
  readonly length: number
  readonly source: AsyncIterable<Uint8Array>
}

export type AppendedBytes =
  | { readonly kind: 'written'; readonly received: number }
  /** Another upload of it is under way, or `from` is another place. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'full' }
