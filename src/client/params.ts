// The parameters of each method, checked at the door: a call may come from another process or a
// script, and nothing behind this file trusts its shape. Written down here and not in a schema
// library because every command that a script runs passes by.

import { ClientError, type MethodName, type Params } from './api.ts'

interface Field {
  readonly check: (value: unknown) => boolean
  readonly optional: boolean
  readonly wants: string
}

/** Lists of names, files or filters: longer ones are mistakes. */
const MAX_LIST = 1024
/** Longer than any text, path or query that a later limit lets through. */
const MAX_STRING = 256 * 1024

/** Half a character can neither be stored nor sent. */
const isText = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= MAX_STRING && value.isWellFormed()
const isNumber = (value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.length <= MAX_LIST && value.every(isText)

const field = (wants: string, check: (value: unknown) => boolean): Field => ({
  check,
  optional: false,
  wants,
})
const maybe = (inner: Field): Field => ({ ...inner, optional: true })
const orNull = (inner: Field): Field => ({
  ...inner,
  check: (value) => value === null || inner.check(value),
  wants: `${inner.wants} or null`,
})
const oneOf = (...names: readonly string[]): Field =>
  field(`one of ${names.join(', ')}`, (value) => names.includes(value as string))

const text = field('text', isText)
const number = field('a whole number', isNumber)
const flag = field('true or false', (value) => typeof value === 'boolean')
const texts = field('a list of texts', isTexts)

type Fields<M extends MethodName> = Readonly<Record<keyof Params<M>, Field>>

const FIELDS: { readonly [M in MethodName]: Fields<M> } = {
  whoami: {},
  'account.show': {},
  'account.delete': { confirm: text },
  'account.recoveryKey': {},
  'contact.list': {},
  'contact.add': { name: text, text: maybe(text) },
  'contact.accept': { name: text },
  'contact.block': { name: text },
  'contact.unblock': { name: text },
  'contact.remove': { name: text },
  'contact.alias': { name: text, alias: orNull(text) },
  verify: { name: text, check: maybe(text), yes: maybe(flag), acceptChange: maybe(flag) },
  send: {
    to: texts,
    text: maybe(text),
    files: maybe(texts),
    reply: maybe(text),
    expire: maybe(number),
    at: maybe(text),
    silent: maybe(flag),
    idempotencyKey: text,
    wait: maybe(oneOf('queued', 'stored', 'delivered', 'read')),
    timeout: maybe(number),
  },
  receive: {
    in: maybe(texts),
    types: maybe(texts),
    since: maybe(text),
    until: maybe(text),
    limit: maybe(number),
    consumer: maybe(text),
    ack: maybe(oneOf('auto', 'manual')),
    timeout: maybe(number),
    download: maybe(text),
  },
  ack: { cursor: text, consumer: maybe(text), in: maybe(texts), types: maybe(texts) },
  chats: { archived: maybe(flag) },
  'chat.show': { chat: text },
  'chat.mute': { chat: text, for: maybe(number), off: maybe(flag) },
  'chat.archive': { chat: text, off: maybe(flag) },
  'chat.pin': { chat: text, off: maybe(flag) },
  'chat.delete': { chat: text },
  'chat.expire': { chat: text, after: orNull(number) },
  'chat.read': { chat: text },
  export: { chat: text, format: oneOf('jsonl', 'md', 'html'), output: text },
  'screen.load': {},
  'screen.keep': { state: text },
  history: {
    chat: text,
    only: maybe(oneOf('pinned', 'scheduled')),
    before: maybe(text),
    after: maybe(text),
    since: maybe(text),
    limit: maybe(number),
  },
  search: {
    query: text,
    in: maybe(text),
    from: maybe(text),
    since: maybe(text),
    limit: maybe(number),
  },
  'msg.show': { id: text },
  'msg.edit': { id: text, text },
  'msg.delete': { id: text, forEveryone: maybe(flag) },
  'msg.react': { id: text, emoji: text },
  'msg.unreact': { id: text, emoji: text },
  'msg.pin': { id: text },
  'msg.unpin': { id: text },
  'msg.forward': { id: text, to: text, idempotencyKey: text },
  download: { id: text, output: text },
  doctor: { mend: maybe(flag) },
  status: {},
  stop: {},
}

export const isMethodName = (name: string): name is MethodName => Object.hasOwn(FIELDS, name)

/** The parameters, or ClientError `usage` that names the one that is wrong. */
export function checkedParams<M extends MethodName>(method: M, given: object): Params<M> {
  if (!isMethodName(method)) throw new ClientError('usage', 'There is no such method.')
  const fields: Readonly<Record<string, Field>> = FIELDS[method]
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(fields, key)) throw wrong(method, `has no parameter ‘${key.slice(0, 40)}’`)
  }
  for (const [key, { check, optional, wants }] of Object.entries(fields)) {
    const value: unknown = (given as Readonly<Record<string, unknown>>)[key]
    if (value === undefined && optional) continue
    if (!check(value)) throw wrong(method, `wants ${wants} as ‘${key}’`)
  }
  return given as Params<M>
}

const wrong = (method: string, what: string): ClientError =>
  new ClientError('usage', `The method ${method} ${what}.`)
