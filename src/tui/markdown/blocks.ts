// The blocks of a message: paragraphs, headings, quotes, list items, code, tables, rules. A subset
// of Markdown for people who chat: what they typed is on the screen, save for marks that do what
// they say. So a single line break is one, HTML and entities are text, `#tag` is no heading, and a
// mark without anything behind it is shown. Each line is looked at once for each level of quotes.

import type { SafeText } from '../../protocol/safe-text.ts'
import { type Table, tableAt } from './table.ts'

export type Block =
  /** One paragraph, with the line breaks that it has. An empty line is one without text. */
  | { readonly kind: 'text'; readonly text: SafeText }
  | { readonly kind: 'heading'; readonly text: SafeText }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'item'
      readonly level: number
      readonly marker: SafeText
      readonly text: SafeText
    }
  | { readonly kind: 'code'; readonly label: SafeText; readonly text: SafeText }
  | { readonly kind: 'table'; readonly table: Table; readonly source: SafeText }
  | { readonly kind: 'rule' }

/** Quotes in quotes; deeper marks stand as they were typed. Each level reads the text once more. */
const MAX_DEPTH = 6
/** A list is moved in so many times; deeper items stand below each other. */
const MAX_LEVEL = 6

const FENCE = /^( *)(`{3,}|~{3,})([^`]*)$/
const HEADING = /^ {0,3}#{1,6} +(\S.*)$/
const RULE = /^ {0,3}([-*_])(?: *\1){2,} *$/
const QUOTE = /^ {0,3}>(?: |(?=>)|$)/
const ITEM = /^( *)([-*•]|\d{1,9}[.)]) +(\S.*)$/
const TASK = /^\[([ xX])\] +(\S.*)$/
const EMPTY = /^ *$/

/** What stands at a line, and the first line behind it. */
interface Found {
  readonly block: Block
  readonly next: number
  readonly indents?: Indents
}

/** Of the list that the lines so far are in: how far each of its levels was moved in. */
type Indents = readonly number[]

export function blocksOf(text: SafeText): readonly Block[] {
  return blocksIn(text.split('\n'), 0)
}

function blocksIn(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = []
  let paragraph: string[] = []
  let indents: Indents = []
  const close = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'text', text: joined(paragraph) })
    paragraph = []
  }
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? ''
    const found = blockAt(lines, at, { depth, indents })
    if (found === undefined) {
      paragraph.push(line)
      if (!line.startsWith(' ')) indents = []
      at += 1
    } else {
      close()
      blocks.push(found.block)
      indents = found.indents ?? indents
      at = found.next
    }
  }
  close()
  return blocks
}

/** Undefined: a line of a paragraph. */
function blockAt(
  lines: readonly string[],
  at: number,
  { depth, indents }: { readonly depth: number; readonly indents: Indents },
): Found | undefined {
  const line = lines[at] ?? ''
  return (
    codeAt(lines, at) ??
    (depth < MAX_DEPTH ? quoteAt(lines, at, depth) : undefined) ??
    lineAt(line, at) ??
    tableFound(lines, at) ??
    itemAt(line, at, indents)
  )
}

const joined = (lines: readonly string[]): SafeText => lines.join('\n') as SafeText

/** Up to its closing fence, or to the end: what is pasted in haste often lacks it. */
function codeAt(lines: readonly string[], from: number): Found | undefined {
  const [, indent = '', fence = '', info = ''] = FENCE.exec(lines[from] ?? '') ?? []
  // Without a line behind it, it is three backticks that somebody typed.
  if (fence === '' || from + 1 >= lines.length) return undefined
  const code: string[] = []
  let at = from + 1
  for (; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (closes(line.trim(), fence)) break
    code.push(withoutIndent(line, indent.length))
  }
  const label = info.trim() as SafeText
  return { block: { kind: 'code', label, text: joined(code) }, next: at + 1 }
}

const closes = (line: string, fence: string): boolean =>
  line.length >= fence.length && line === fence.charAt(0).repeat(line.length)

function withoutIndent(line: string, most: number): string {
  let at = 0
  while (at < most && line.charAt(at) === ' ') at++
  return line.slice(at)
}

function quoteAt(lines: readonly string[], from: number, depth: number): Found | undefined {
  const inner: string[] = []
  let at = from
  for (; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const [mark] = QUOTE.exec(line) ?? []
    if (mark === undefined) break
    inner.push(line.slice(mark.length))
  }
  if (at === from) return undefined
  // Marks that quote nothing are what somebody typed.
  if (inner.every((line) => EMPTY.test(line))) {
    return { block: { kind: 'text', text: joined(lines.slice(from, at)) }, next: at }
  }
  return { block: { kind: 'quote', blocks: blocksIn(inner, depth + 1) }, next: at }
}

function lineAt(line: string, at: number): Found | undefined {
  if (EMPTY.test(line)) return { block: { kind: 'text', text: line as SafeText }, next: at + 1 }
  if (RULE.test(line)) return { block: { kind: 'rule' }, next: at + 1 }
  const [, heading] = HEADING.exec(line) ?? []
  if (heading === undefined) return undefined
  return { block: { kind: 'heading', text: heading as SafeText }, next: at + 1 }
}

function tableFound(lines: readonly string[], at: number): Found | undefined {
  const table = tableAt(lines, at)
  if (table === undefined) return undefined
  const next = at + table.rows.length + 1
  return { block: { kind: 'table', table, source: joined(lines.slice(at, next)) }, next }
}

/** A number stands as it was typed, whatever came before it. */
function itemAt(line: string, at: number, indents: Indents): Found | undefined {
  const [, indent = '', mark = '', text = ''] = ITEM.exec(line) ?? []
  if (mark === '') return undefined
  const outer = indents.filter((one) => one < indent.length)
  const isBullet = mark.length === 1
  const [, box, task] = (isBullet ? TASK.exec(text) : undefined) ?? []
  const marker = !isBullet ? mark : box === undefined ? '•' : box === ' ' ? '☐' : '☑'
  return {
    block: {
      kind: 'item',
      level: outer.length,
      marker: marker as SafeText,
      text: (task ?? text) as SafeText,
    },
    next: at + 1,
    indents: [...outer.slice(0, MAX_LEVEL), indent.length],
  }
}
