// What a message says, as lines.

import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import { highlighted } from '../highlight/highlight.ts'
import { type Block, blocksOf } from '../markdown/blocks.ts'
import { type Run, runsOf } from '../markdown/inline.ts'
import { type Line, line, type Span, type Style, spaces, styled } from '../text/line.ts'
import { wrappedLine } from '../text/wrap.ts'
import type { Theme } from '../theme/theme.ts'
import { tableLines } from './body-table.ts'

interface BodyLook {
  readonly width: number
  readonly theme: Theme
  /** Without bars and rules: they are read out. */
  readonly screenReader: boolean
}

/** So narrow that a bar would take the place of words. */
const NARROW = 12
/** Columns that each level of a list is moved in. */
const LEVEL = 2

export function bodyLines(body: string, look: BodyLook): readonly Line[] {
  return blocksOf(safeText(body, { multiline: true })).flatMap((block) => blockLines(block, look))
}

function blockLines(block: Block, look: BodyLook): readonly Line[] {
  const { styles } = look.theme
  switch (block.kind) {
    case 'text':
      return wrappedLine(inlineSpans(block.text, look.theme), look.width)
    case 'heading':
      return wrappedLine(inlineSpans(block.text, look.theme, styles.heading), look.width)
    case 'item':
      return itemLines(block, look)
    case 'quote':
      return barred(look, '┃', (inner) =>
        block.blocks
          .flatMap((one) => blockLines(one, inner))
          .map((one) => styled(one, styles.quote)),
      )
    case 'code':
      return codeLines(block, look)
    case 'table':
      return (
        tableLines(block.table, look, (text, style) => inlineSpans(text, look.theme, style)) ??
        wrappedLine(line(block.source, styles.text), look.width)
      )
    case 'rule':
      return look.screenReader
        ? [line(safe`---`, styles.border)]
        : [line('─'.repeat(look.width) as SafeText, styles.border)]
  }
}

function itemLines(
  { level, marker, text }: Extract<Block, { readonly kind: 'item' }>,
  look: BodyLook,
): readonly Line[] {
  const head: Line = [
    ...(level > 0 ? [{ text: spaces(LEVEL * level) }] : []),
    { text: safe`${marker} `, style: look.theme.styles.muted },
  ]
  return wrappedLine([...head, ...inlineSpans(text, look.theme)], look.width, {
    hang: marker.length + 1,
  })
}

/** Lines of code are broken where the edge is, and keep every space. */
function codeLines(
  { label, text }: Extract<Block, { readonly kind: 'code' }>,
  look: BodyLook,
): readonly Line[] {
  const [language = ''] = label.split(' ', 1)
  return barred(look, '│', ({ width }) => [
    ...(label === '' ? [] : wrappedLine(line(label, look.theme.styles.faint), width)),
    ...wrappedLine(highlighted(text, language, look.theme), width, { keepSpaces: true }),
  ])
}

/** Lines behind a bar. */
function barred(
  look: BodyLook,
  bar: string,
  inner: (look: BodyLook) => readonly Line[],
): readonly Line[] {
  if (look.screenReader || look.width < NARROW) return inner(look)
  const edge: Span = { text: `${bar} ` as SafeText, style: look.theme.styles.border }
  return inner({ ...look, width: look.width - 2 }).map((one) => [edge, ...one])
}

function inlineSpans(text: SafeText, theme: Theme, under: Style = theme.styles.text): Line {
  return runsOf(text).map((run) => ({
    text: run.text,
    style: runStyle(run, theme, under),
    link: run.link,
  }))
}

function runStyle(run: Run, { styles }: Theme, under: Style): Style {
  const role = run.code ? styles.code : run.target ? styles.muted : run.link ? styles.link : {}
  return {
    ...under,
    ...role,
    ...(run.bold && { bold: true }),
    ...(run.italic && { italic: true }),
    ...(run.strike && { strike: true }),
  }
}
