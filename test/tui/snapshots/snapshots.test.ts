// Screens as text, at each width, and what they look like in each theme. SOTTO_SNAPSHOTS=write makes
// the files anew: look at what changed before it is kept.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Model } from '../../../src/tui/model.ts'
import {
  BOLD,
  type Cells,
  DIM,
  INVERSE,
  ITALIC,
  PALETTE_BASE,
  RGB_BASE,
  STRIKE,
  UNDERLINE,
} from '../../../src/tui/paint/cells.ts'
import { themeOf } from '../../../src/tui/theme/theme.ts'
import { App } from '../../../src/tui/views/app.tsx'
import { frameOf, rowText } from '../snapshot.ts'
import { SCENES } from './scenes.ts'

const WRITE = process.env.SOTTO_SNAPSHOTS === 'write'
const SIZES = [
  { columns: 40, rows: 24 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 36 },
  { columns: 200, rows: 36 },
] as const
const THEMES = ['dark', 'light', 'high-contrast', 'no-colour'] as const
const LOOKED_AT = SIZES[2]

const fileOf = (scene: string): string => join(import.meta.dirname, `${scene}.txt`)

function sized(model: Model, size: (typeof SIZES)[number]): Model {
  return { ...model, size }
}

function written(scene: string): string {
  const { model } = SCENES[scene]?.() ?? { model: undefined }
  if (model === undefined) throw new Error(`there is no ${scene}`)
  const texts = SIZES.map((size) => {
    const rows = frameOf(App({ model: sized(model, size) }), size).map(rowText)
    return `== ${size.columns} × ${size.rows}\n${rows.map((row) => `${row}\n`).join('')}`
  })
  const looks = THEMES.map((name) => {
    const theme = themeOf({ name, depth: 'truecolor' })
    const frame = frameOf(App({ model: { ...sized(model, LOOKED_AT), theme } }), LOOKED_AT)
    return `== ${name}\n${looksOf(frame)}`
  })
  return [...texts, ...looks].join('\n')
}

const SHOWN = 8
const FLAGS = [
  [BOLD, 'bold'],
  [DIM, 'dim'],
  [ITALIC, 'italic'],
  [UNDERLINE, 'underline'],
  [INVERSE, 'inverse'],
  [STRIKE, 'strike'],
] as const

/** Each style that is on the screen, and the first words in it. */
function looksOf(frame: readonly Cells[]): string {
  const found = new Map<string, Set<string>>()
  for (const cells of frame) {
    let from = 0
    for (let column = 1; column <= cells.glyphs.length; column += 1) {
      if (column < cells.glyphs.length && look(cells, column) === look(cells, from)) continue
      const text = cells.glyphs
        .slice(from, column)
        .join('')
        .replace(/[\u2066-\u2069]/g, '')
        .trim()
      const words = found.get(look(cells, from)) ?? new Set()
      if (text !== '' || look(cells, from) !== 'plain') words.add(text.slice(0, 24))
      found.set(look(cells, from), words)
      from = column
    }
  }
  return [...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([style, words]) => `${style}: ${[...words].slice(0, SHOWN).join(' · ')}\n`)
    .join('')
}

function look(cells: Cells, at: number): string {
  const flags = cells.flags[at] ?? 0
  const parts = [
    colour(cells.fg[at] ?? 0, ''),
    colour(cells.bg[at] ?? 0, 'on '),
    ...FLAGS.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name),
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'plain' : parts.join(' ')
}

function colour(value: number, before: string): string {
  if (value === 0) return ''
  if (value < RGB_BASE) return `${before}${value - PALETTE_BASE}`
  return `${before}#${(value - RGB_BASE).toString(16).padStart(6, '0')}`
}

describe('screens', () => {
  test.each(Object.keys(SCENES))('%s is as it was looked at', (scene) => {
    const now = written(scene)
    if (WRITE) writeFileSync(fileOf(scene), now)
    expect(now).toBe(readFileSync(fileOf(scene), 'utf8'))
  })

  test('are all of those that are kept', () => {
    const kept = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'))
    expect(kept.toSorted()).toEqual(
      Object.keys(SCENES)
        .map((scene) => `${scene}.txt`)
        .toSorted(),
    )
  })
})
