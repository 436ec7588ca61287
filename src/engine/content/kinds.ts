// Every kind that this build understands, one line each. A number is never used twice; the ones
// below are spoken for by kinds to come. Whatever else arrives is kept and shown as unsupported.

import { decode, encode, type Value } from '../../protocol/codec.ts'
import { contactAcceptKind, contactRequestKind } from './contact.ts'
import { deleteKind } from './delete.ts'
import { editKind } from './edit.ts'
import { fileKind } from './file.ts'
import type { Kind } from './kind.ts'
import { reactionKind } from './reaction.ts'
import { receiptKind } from './receipt.ts'
import { sessionResetKind } from './session-reset.ts'
import { textKind } from './text.ts'

export const KINDS = {
  text: textKind,
  file: fileKind,
  edit: editKind,
  delete: deleteKind,
  reaction: reactionKind,
  receipt: receiptKind,
  contact_request: contactRequestKind,
  contact_accept: contactAcceptKind,
  session_reset: sessionResetKind,
} as const

export const RESERVED_NUMBERS: Readonly<Record<string, number>> = {
  media: 2,
  voice: 3,
  location: 5,
  contact: 6,
  poll: 7,
  event: 8,
  call: 9,
  system: 10,
  read_mark: 37,
  typing: 38,
  profile: 39,
  settings: 40,
}

type KindName = keyof typeof KINDS

type KnownBody = {
  [K in KindName]: { readonly kind: K } & Value<(typeof KINDS)[K]['codec']>
}[KindName]

/** `body` is the content of a kind that we do not know: number and payload, kept as they came. */
export interface UnsupportedBody {
  readonly kind: 'unsupported'
  readonly number: number
  readonly payload: Uint8Array
}

export type Body = KnownBody | UnsupportedBody

const NAME_OF = new Map<number, KindName>(
  Object.entries(KINDS).map(([name, { number }]) => [number, name as KindName]),
)

/** The table's entries differ in their payload; a name and its payload always belong together. */
const kindNamed = (name: KindName): Kind<unknown> => KINDS[name] as Kind<unknown>

/** What a row's payload is, by the name of its kind; nothing where the row has no content. */
export function bodyNamed(name: string, payload: Uint8Array): Body | undefined {
  return Object.hasOwn(KINDS, name)
    ? decodeBody(kindNamed(name as KindName).number, payload)
    : undefined
}

export const numberOf = (body: Body): number =>
  body.kind === 'unsupported' ? body.number : kindNamed(body.kind).number

export const encodeBody = (body: Body): Uint8Array =>
  body.kind === 'unsupported' ? body.payload : encode(kindNamed(body.kind).codec, body)

/** Throws ProtocolError if a kind that we know has a payload that it cannot have. */
export function decodeBody(number: number, payload: Uint8Array): Body {
  const name = NAME_OF.get(number)
  if (name === undefined) return { kind: 'unsupported', number, payload }
  return { kind: name, ...(decode(kindNamed(name).codec, payload) as object) } as KnownBody
}

export const isVisible = (body: Body): boolean =>
  body.kind === 'unsupported' || kindNamed(body.kind).visible

export const searchText = (body: Body): string =>
  body.kind === 'unsupported' ? '' : kindNamed(body.kind).body(body)
