// Out of band is the point of it: two people compare what both screens show.

import type { VerificationJson } from '../client/api.ts'
import { nameOf } from '../client/shown.ts'
import { type SafeText, safe, safeText } from '../protocol/safe-text.ts'
import type { Context } from './context.ts'
import type { Input } from './input.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const check = input.text('check')
  const answer = await call('verify', {
    name: input.word(0),
    ...(check === undefined ? {} : { check }),
    ...(input.flag('yes') ? { yes: true } : {}),
    ...(input.flag('acceptChange') ? { acceptChange: true } : {}),
  })
  out.result(answer, numberLines(answer))
  if (out.terminal) {
    for (const line of await qrLines(answer.qr)) out.text(line)
    if (answer.trust !== 'verified') {
      out.note(
        safe`Compare with ${nameOf(answer.name)} on another way, then: sotto verify ${nameOf(answer.name)} --yes`,
      )
    }
  }
}

const GROUPS_PER_LINE = 4
const WORDS_PER_LINE = 6

function numberLines({ name, trust, digits, words }: VerificationJson): readonly SafeText[] {
  return [
    safe`${nameOf(name)}: ${safeText(trust)}`,
    ...rows(digits.match(/\d{5}/g) ?? [digits], GROUPS_PER_LINE),
    ...rows(words, WORDS_PER_LINE),
  ]
}

function rows(items: readonly string[], width: number): readonly SafeText[] {
  const lines: SafeText[] = []
  for (let at = 0; at < items.length; at += width) {
    lines.push(safe`  ${safeText(items.slice(at, at + width).join(' '))}`)
  }
  return lines
}

/** Two rows of the code in each line of half-blocks. */
async function qrLines(text: string): Promise<readonly SafeText[]> {
  const { renderUnicodeCompact } = await import('uqr')
  return renderUnicodeCompact(text)
    .split('\n')
    .map((line) => safeText(line))
}
