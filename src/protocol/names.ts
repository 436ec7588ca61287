// Account names: restricted ASCII, so that two names that look alike are one name or none.

import { malformed } from './errors.ts'

declare const brand: unique symbol
export type AccountName = string & { readonly [brand]: 'AccountName' }

const NAME = /^[a-z0-9][a-z0-9._-]{1,31}$/

/** Characters that read alike in many terminals' fonts; a skeleton folds them together. Separators
 *  first, single characters next, pairs last: else `c1` would hide from the rule for `cl`. */
const SKELETON: readonly (readonly [RegExp, string])[] = [
  [/[._-]/g, ''],
  [/[1i|]/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
]

/** Two names with one skeleton are confusable; the server refuses the second to register. */
export function nameSkeleton(name: string): string {
  let skeleton = name
  for (const [pattern, replacement] of SKELETON) skeleton = skeleton.replace(pattern, replacement)
  return skeleton
}

/** Names that would impersonate the system or collide with an address form, however they are
 *  spelt: `r00t` reads as `root`. */
const RESERVED = new Set(
  ['me', 'admin', 'administrator', 'root', 'system', 'sotto', 'server'].map(nameSkeleton),
)

export const isAccountName = (text: string): text is AccountName =>
  NAME.test(text) && !RESERVED.has(nameSkeleton(text))

export function parseAccountName(text: string): AccountName {
  if (!isAccountName(text)) throw malformed('not an account name')
  return text
}
