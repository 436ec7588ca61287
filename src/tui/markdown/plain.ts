// A message in one line, where there is no room for more: in a quote, a list, a result. What its
// marks would do is left out, so that it reads as in the conversation.

import { type SafeText, safeText } from '../../protocol/safe-text.ts'
import { type Block, blocksOf } from './blocks.ts'
import { runsOf } from './inline.ts'

export function plainLine(body: string): SafeText {
  const words = joined(blocksOf(safeText(body, { multiline: true })).map(wordsOf))
  // Of nothing but a rule, the rule is what was said.
  return words === '' ? safeText(body) : (words.replace(/\s+/g, ' ').trim() as SafeText)
}

function wordsOf(block: Block): string {
  switch (block.kind) {
    case 'text':
    case 'heading':
      return unmarked(block.text)
    case 'item':
      return `${block.marker} ${unmarked(block.text)}`
    case 'quote':
      return joined(block.blocks.map(wordsOf))
    case 'code':
      return block.text
    case 'table':
      return joined(block.table.rows.flat().map(unmarked))
    case 'rule':
      return ''
  }
}

/** Where a link leads is said in the conversation. */
const unmarked = (text: SafeText): string =>
  runsOf(text)
    .filter(({ target }) => target !== true)
    .map((run) => run.text)
    .join('')

const joined = (words: readonly string[]): string => words.filter((word) => word !== '').join(' ')
