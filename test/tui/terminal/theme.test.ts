// Themes, depths, contrast.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contrast, downgraded, type Rgb, rgbOf } from '../../../src/tui/theme/colour.ts'
import { backgroundHint, depthOf } from '../../../src/tui/theme/depth.ts'
import { ownTheme } from '../../../src/tui/theme/own-theme.ts'
import { ROLES } from '../../../src/tui/theme/roles.ts'
import { nameStyle, THEME_NAMES, themeOf } from '../../../src/tui/theme/theme.ts'

const BLACK: Rgb = { red: 0, green: 0, blue: 0 }
const WHITE: Rgb = { red: 255, green: 255, blue: 255 }

describe('the depth', () => {
  test.each([
    [{ TERM: 'xterm-256color' }, '256'],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
    [{ TERM: 'xterm-kitty' }, 'truecolor'],
    [{ TERM: 'linux' }, '16'],
    [{ TERM: 'dumb' }, 'none'],
    [{ TERM: 'vt100' }, 'none'],
    [{ TERM: 'vt220' }, 'none'],
    [{ TERM: 'linux-m' }, 'none'],
    [{}, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, '256'],
    [{ TERM: 'dumb', FORCE_COLOR: '3', NO_COLOR: '1' }, 'truecolor'],
    [{ TERM: 'xterm', FORCE_COLOR: '0' }, 'none'],
    [{ TERM: 'screen', TERM_PROGRAM: 'iTerm.app' }, 'truecolor'],
  ])('of %j is %s', (env, depth) => {
    expect(depthOf(env)).toBe(depth)
  })

  test('makes of each colour one that the terminal has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const colour = `#${value.toString(16).padStart(6, '0')}` as const
        expect(downgraded(colour, 'none')).toBeUndefined()
        expect(downgraded(colour, '16')).toBeLessThan(16)
        expect(downgraded(colour, '256')).toBeLessThan(256)
        expect(downgraded(colour, 'truecolor')).toBe(colour)
      }),
    )
    expect(downgraded('#5f87af', '256')).toBe(67)
    expect(downgraded('#ff0000', '16')).toBe(9)
  })
})

describe('a theme', () => {
  test('has a style for each role, in each depth', () => {
    for (const name of THEME_NAMES) {
      for (const depth of ['none', '16', '256', 'truecolor'] as const) {
        const theme = themeOf({ name, depth })
        expect(Object.keys(theme.styles)).toEqual([...ROLES])
        if (depth === 'none' || name === 'no-colour') {
          for (const style of Object.values(theme.styles))
            expect([style.fg, style.bg]).toEqual([undefined, undefined])
        }
      }
    }
  })

  test('can be read: every colour on its own ground, or on black and white as it is meant', () => {
    for (const [name, ground] of [
      ['dark', BLACK],
      ['light', WHITE],
      ['high-contrast', BLACK],
      ['high-contrast', WHITE],
    ] as const) {
      const theme = themeOf({ name, depth: 'truecolor', background: ground })
      const least = name === 'high-contrast' ? 7 : 4
      for (const [role, { fg, bg }] of Object.entries(theme.styles)) {
        if (fg === undefined) continue
        const on = bg === undefined ? ground : rgbOf(bg)
        expect(contrast(rgbOf(fg), on), `${name} ${role}`).toBeGreaterThanOrEqual(least)
      }
    }
  })

  test('follows the background of the terminal', () => {
    expect(themeOf({ name: 'auto', depth: '256', background: BLACK }).dark).toBe(true)
    expect(themeOf({ name: 'auto', depth: '256', background: WHITE }).dark).toBe(false)
    expect(backgroundHint({ COLORFGBG: '0;15' })).toEqual(WHITE)
    expect(backgroundHint({ COLORFGBG: '15;0' })).toEqual(BLACK)
    expect(backgroundHint({})).toBeUndefined()
  })

  test('names people in colours that are read on any background', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffffff }),
        fc.constantFrom('dark', 'light', 'auto'),
        (value, name) => {
          const background = rgbOf(`#${value.toString(16).padStart(6, '0')}`)
          for (const { fg } of themeOf({ name, depth: 'truecolor', background }).names) {
            expect(contrast(rgbOf(fg ?? 0), background)).toBeGreaterThanOrEqual(4.4)
          }
        },
      ),
    )
  })

  test('gives a person the same colour every time, and people different ones', () => {
    const theme = themeOf({ name: 'dark', depth: 'truecolor' })
    expect(nameStyle(theme, 'alice')).toBe(nameStyle(theme, 'alice'))
    const used = new Set(Array.from({ length: 200 }, (_, at) => nameStyle(theme, `person${at}`)))
    expect(used.size).toBe(theme.names.length)
  })

  test('takes the styles of the user over its own, and says what it did not understand', () => {
    const own = ownTheme({
      mention: 'bold #ffcc00 on bright-black',
      border: '240',
      nonsense: 'red',
      danger: 'blinking',
    })
    expect(own.styles).toEqual({
      mention: { bold: true, fg: '#ffcc00', bg: 8 },
      border: { fg: 240 },
    })
    expect(own.problems).toEqual([
      'There is no role nonsense in a theme.',
      'blinking is no style for danger.',
    ])
    const theme = themeOf({ name: 'dark', depth: 'truecolor', own: own.styles })
    expect(theme.styles.border.fg).toBe(240)
  })
})
