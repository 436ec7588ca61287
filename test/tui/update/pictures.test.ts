// Pictures of a conversation: which are read, when, and where they are seen.

import { describe, expect, test } from 'vitest'
import type { Effect } from '../../../src/tui/effect.ts'
import { paneLines } from '../../../src/tui/layout/pane.ts'
import { lineText } from '../../../src/tui/text/line.ts'
import { file, message, open, type Play, play } from '../scene.ts'

const photo = (id: string, path: string | null = `/home/ann/${id}.png`) =>
  file(id, { name: `${id}.png`, mime: 'image/png', path })
const withPhotos = (...ids: readonly string[]) =>
  ids.map((id) => message(`m-${id}`, { body: '', attachments: [photo(id)] }))

type Reading = Extract<Effect, { readonly kind: 'picture' }>

function readings(made: Play): readonly Reading[] {
  const found = made.effects.filter((effect) => effect.kind === 'picture')
  made.effects = []
  return found
}

const picture = { width: 2, height: 2, pixels: new Uint8Array(16).fill(255) }
const shown = (made: Play): string =>
  paneLines(made.model, made.main, 0)
    .map((row) => lineText(row))
    .join('\n')

describe('a picture in a conversation', () => {
  test('that was saved and is seen is read once, and stands below its name', () => {
    const made = open(play(), 'bob', withPhotos('a'))
    const [reading, ...more] = readings(made)
    expect(more).toEqual([])
    expect(reading).toMatchObject({ attachment: 'a', path: '/home/ann/a.png', place: 'thread' })
    made.press('down')
    expect(readings(made)).toEqual([])
    made.happen({ kind: 'picture', attachment: 'a', place: 'thread', picture })
    expect(shown(made)).toMatch(/a\.png.*\n {2}▀▀/)
    expect(readings(made)).toEqual([])
  })

  test('that was not saved is not touched', () => {
    const made = open(play(), 'bob', [message('m', { attachments: [photo('a', null)] })])
    expect(readings(made)).toEqual([])
  })

  test('that is no PNG or JPEG is not touched', () => {
    const made = open(play(), 'bob', [
      message('m', { attachments: [file('a', { mime: 'image/svg+xml', path: '/a' }), file('b')] }),
    ])
    expect(readings(made)).toEqual([])
  })

  test('that is above the screen waits until one is there', () => {
    const rows = Array.from({ length: 60 }, (_, at) => message(`row-${at}`))
    const made = open(play(), 'bob', [...withPhotos('a'), ...rows])
    expect(readings(made)).toEqual([])
    for (let page = 0; page < 12; page++) made.press('pageup')
    expect(readings(made).map(({ attachment }) => attachment)).toEqual(['a'])
  })

  test.each([{ images: 'off' } as const, { screenReader: true }])(
    'is not read with %j',
    (settings) => {
      expect(readings(open(play({ settings }), 'bob', withPhotos('a')))).toEqual([])
    },
  )

  test('that cannot be read is a file like any other, and is not tried again', () => {
    const made = open(play(), 'bob', withPhotos('a'))
    readings(made)
    const failure = { code: 'file', message: 'No.' as never, hint: undefined }
    made.happen({ kind: 'pictureFailed', attachment: 'a', place: 'thread', failure })
    expect(shown(made)).toContain('a.png')
    expect(readings(made)).toEqual([])
    expect(made.model.toast).toBeUndefined()
  })
})

describe('when the terminal says that it keeps pictures', () => {
  const kitty = { kind: 'kitty', cell: { width: 10, height: 20 } } as const

  test('what was drawn is drawn again, and its pixels go out before its lines', () => {
    const made = open(play(), 'bob', withPhotos('a'))
    const [blocks] = readings(made)
    made.happen({ kind: 'picture', attachment: 'a', place: 'thread', picture })
    made.happen({ kind: 'means', means: kitty })
    const [again] = readings(made)
    expect(again?.wish.width).toBe(10 * (blocks?.wish.width ?? 0))
    made.happen({ kind: 'picture', attachment: 'a', place: 'thread', picture })
    const [sent] = made.effects.filter((effect) => effect.kind === 'transmit')
    expect(sent?.sequence).toMatch(/^\x1b_Ga=T,U=1/)
    expect(shown(made)).toContain('\u{10eeee}')
  })

  test('half blocks stay half blocks, if they were wished for', () => {
    const made = open(play({ settings: { images: 'blocks' } }), 'bob', withPhotos('a'))
    made.happen({ kind: 'means', means: kitty })
    made.happen({ kind: 'picture', attachment: 'a', place: 'thread', picture })
    expect(made.kinds()).not.toContain('transmit')
    expect(shown(made)).toContain('▀▀')
  })
})

describe('one picture by itself', () => {
  const viewing = (): Play => {
    const made = open(play(), 'bob', withPhotos('a'))
    made.press('up', 'v')
    return made
  }

  test('is read as large as the screen, and shown', () => {
    const made = viewing()
    expect(made.top).toMatchObject({ kind: 'picture', attachment: 'a', lines: undefined })
    const reading = readings(made).find(({ place }) => place === 'viewer')
    expect(reading?.wish.width).toBeGreaterThan(60)
    made.happen({ kind: 'picture', attachment: 'a', place: 'viewer', picture })
    expect(made.top).toMatchObject({ lines: [[{ text: '▀▀' }]] })
  })

  test('says why it is not to be seen', () => {
    const made = viewing()
    const failure = { code: 'file', message: 'No.' as never, hint: undefined }
    made.happen({ kind: 'pictureFailed', attachment: 'a', place: 'viewer', failure })
    expect(made.top).toMatchObject({ failure: 'No.' })
  })

  test('that comes when another is looked at is left out', () => {
    const made = viewing()
    made.happen({ kind: 'picture', attachment: 'b', place: 'viewer', picture })
    expect(made.top).toMatchObject({ attachment: 'a', lines: undefined })
  })
})
