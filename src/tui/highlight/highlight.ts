// Colours for code: comments, strings, numbers, the words of the language. One walk over the text
// with one expression for each language; what it does not know is text.

import type { SafeText } from '../../protocol/safe-text.ts'
import type { Span } from '../text/line.ts'
import type { Role } from '../theme/roles.ts'
import type { Theme } from '../theme/theme.ts'
import { isDiff, isMarkup, type Language, languageOf } from './languages.ts'

type Tint = Extract<Role, 'codeBlock' | 'codeComment' | 'codeString' | 'codeNumber' | 'codeKeyword'>

const NUMBER = String.raw`(?<![\w])(?:0[xob][\da-fA-F_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:e[+-]?\d+)?)\w*`
const patterns = new WeakMap<Language, RegExp>()

/** The code as spans, which may have line breaks in them. */
export function highlighted(code: SafeText, name: string, { styles }: Theme): readonly Span[] {
  const span = (text: string, tint: Tint): Span => ({
    text: text as SafeText,
    style: styles[tint],
  })
  if (isDiff(name)) return diffLines(code).map(([text, role]) => ({ text, style: styles[role] }))
  const language = languageOf(name)
  if (language === undefined) return [span(code, 'codeBlock')]
  const spans: Span[] = []
  let from = 0
  for (const match of code.matchAll(patternOf(language))) {
    const tint = tintOf(match, language, code)
    if (tint === undefined) continue
    if (match.index > from) spans.push(span(code.slice(from, match.index), 'codeBlock'))
    from = match.index + match[0].length
    spans.push(span(match[0], tint))
  }
  if (from < code.length) spans.push(span(code.slice(from), 'codeBlock'))
  return spans
}

/** Strings before comments where both could begin: an address in quotes is no comment. */
function patternOf(language: Language): RegExp {
  const known = patterns.get(language)
  if (known !== undefined) return known
  const { comments, strings, wordExtras = '' } = language
  const word = String.raw`[A-Za-z_][\w${wordExtras}]*`
  const source = `(${strings.join('|')})|(${comments.join('|')})|(${NUMBER})|(${word})`
  const made = new RegExp(source, 'g')
  patterns.set(language, made)
  return made
}

function tintOf(match: RegExpExecArray, language: Language, code: string): Tint | undefined {
  const [, string, comment, number, word] = match
  if (string !== undefined) return 'codeString'
  if (comment !== undefined) return 'codeComment'
  if (number !== undefined) return 'codeNumber'
  if (word === undefined) return undefined
  if (isMarkup(language)) {
    return /[</]/.test(code.charAt(match.index - 1)) ? 'codeKeyword' : undefined
  }
  const known = language.anyCase === true ? word.toLowerCase() : word
  return language.keywords.has(known) ? 'codeKeyword' : undefined
}

function diffLines(code: SafeText): readonly (readonly [SafeText, Role])[] {
  const lines = code.split('\n')
  return lines.map((row, at) => {
    const text = (at < lines.length - 1 ? `${row}\n` : row) as SafeText
    if (/^(\+\+\+|---|diff |index )/.test(row)) return [text, 'codeComment']
    if (row.startsWith('@@')) return [text, 'codeKeyword']
    if (row.startsWith('+')) return [text, 'success']
    return [text, row.startsWith('-') ? 'danger' : 'codeBlock']
  })
}
