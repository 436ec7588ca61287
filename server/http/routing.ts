// From a method and a path to a route of the table, its parameters parsed.

import { type RouteName, routes } from '../../src/protocol/http.ts'
import { type AccountId, type BlobId, isUuid } from '../../src/protocol/ids.ts'
import { type AccountName, isAccountName } from '../../src/protocol/names.ts'
import { HttpError } from './errors.ts'

interface ParamTypes {
  readonly account: AccountId
  readonly blob: BlobId
  readonly name: AccountName
}
type ParamName = keyof ParamTypes

type NamesIn<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

export type Params<R extends RouteName> = {
  readonly [Name in NamesIn<(typeof routes)[R]['path']> & ParamName]: ParamTypes[Name]
}

const PARSERS: { readonly [Name in ParamName]: (text: string) => boolean } = {
  account: isUuid,
  blob: isUuid,
  name: isAccountName,
}

const table = (Object.keys(routes) as RouteName[]).map((name) => ({
  name,
  method: routes[name].method as string,
  segments: routes[name].path.split('/'),
}))

interface Match {
  readonly name: RouteName
  readonly params: Readonly<Record<string, string>>
}

/** Throws HttpError where no route answers. */
export function matchRoute(method: string, path: string): Match {
  const segments = path.split('/')
  const fitting = table.filter((route) => fits(route.segments, segments))
  if (fitting.length === 0) throw new HttpError('not_found')
  const found = fitting.find((route) => route.method === method)
  if (found === undefined) {
    const allow = fitting.map((route) => route.method).join(', ')
    throw new HttpError('bad_request', { status: 405, headers: { allow } })
  }
  return { name: found.name, params: paramsOf(found.segments, segments) }
}

const fits = (pattern: readonly string[], given: readonly string[]): boolean =>
  pattern.length === given.length &&
  pattern.every((part, index) => part.startsWith(':') || part === given[index])

function paramsOf(
  pattern: readonly string[],
  given: readonly string[],
): Readonly<Record<string, string>> {
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    if (!part.startsWith(':')) continue
    const name = part.slice(1)
    const value = given[index] ?? ''
    const isParam = (candidate: string): candidate is ParamName => candidate in PARSERS
    // Ids and names have no character that a URL would escape: what is escaped is neither.
    if (!isParam(name) || !PARSERS[name](value)) throw new HttpError('bad_request')
    params[name] = value
  }
  return params
}
