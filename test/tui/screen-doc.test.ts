// The page about the screen says what the program does: its table is the one that F1 shows.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SCREEN_SETTINGS } from '../../src/commands/screen/settings.ts'
import { ACTIONS } from '../../src/tui/actions/table.ts'
import { keymapOf } from '../../src/tui/keymap.ts'
import { DEFAULT_SETTINGS } from '../../src/tui/settings.ts'
import { helpLines } from '../../src/tui/update/pages.ts'

const PAGE = join(import.meta.dirname, '../../docs/screen.md')
const TABLE = /<!-- keys -->[\s\S]*<!-- \/keys -->/

/** One table for each group; a bar in a key would end its cell. */
function table(): string {
  const rows = helpLines(ACTIONS, keymapOf(DEFAULT_SETTINGS)).map(({ head, mood, text }) => {
    if (head !== undefined) return `| ${cell(head)} | ${text.replaceAll('|', '\\|')} |`
    return mood === 'strong' ? `**${text}**\n\n| | |\n| --- | --- |` : ''
  })
  return `<!-- keys -->\n${rows.join('\n').trim()}\n\n<!-- /keys -->`
}

const cell = (head: string): string =>
  head
    .split(/ {2,}/)
    .map((key) => `\`${key.replaceAll('|', '\\|')}\``)
    .join(' ')

test('its table of keys and commands is the one of the program', () => {
  const page = readFileSync(PAGE, 'utf8')
  const now = page.replace(TABLE, () => table())
  if (process.env.SOTTO_TRANSCRIPTS === 'write') writeFileSync(PAGE, now)
  expect(readFileSync(PAGE, 'utf8')).toBe(now)
})

test('it names every setting', () => {
  const page = readFileSync(PAGE, 'utf8')
  const named = SCREEN_SETTINGS.map(({ key }) => key.slice('tui.'.length))
  expect(named.filter((key) => !page.includes(`| \`${key}\` |`))).toEqual([])
})
