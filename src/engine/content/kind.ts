// What one kind of content is: everything the house needs to know of it stands in one value.

import type { Codec } from '../../protocol/codec.ts'

export interface Kind<T> {
  /** On the wire, for ever. */
  readonly number: number
  /** Makes a row in the conversation; the others act on rows or on the contact. */
  readonly visible: boolean
  readonly codec: Codec<T>
  /** What a list shows and the search finds. */
  body(value: T): string
}

/** Keeps the payload's type while it stands in the table. */
export const kind = <T>(definition: Kind<T>): Kind<T> => definition

/** A kind that acts has nothing to show. */
export const nothing = (): string => ''
