import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/client/duration.ts'
import { parseTime } from '../../src/client/moment.ts'

const zone = process.env.TZ
beforeAll(() => {
  // A zone with a summer time: the day of 29 March 2026 has 23 hours.
  process.env.TZ = 'Europe/Berlin'
})
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['5s', 5000],
    ['1m', 60_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1h30m', 5_400_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each(['', '5', 's', '5 s', '-5s', '5.5s', '5S', '5w', '1h 30m', '999999999d', '5sx'])(
    'refuses %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow('not a duration')
    },
  )

  test('writes what it reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })
})

describe('times', () => {
  const now = Date.parse('2026-11-20T12:00:00+01:00')

  test.each([
    ['2026-11-20T18:30:00Z', '2026-11-20T18:30:00.000Z'],
    ['2026-11-20T18:30:00.5+01:00', '2026-11-20T17:30:00.500Z'],
    ['18:30', '2026-11-20T17:30:00.000Z'],
    ['9:00', '2026-11-21T08:00:00.000Z'],
    ['tomorrow 9:00', '2026-11-21T08:00:00.000Z'],
    ['today 18:00', '2026-11-20T17:00:00.000Z'],
    ['2026-12-24', '2026-12-23T23:00:00.000Z'],
    ['2026-12-24 18:00', '2026-12-24T17:00:00.000Z'],
    ['+2h', '2026-11-20T13:00:00.000Z'],
  ])('looks ahead: %s', (text, time) => {
    expect(parseTime(text, now, 'ahead')).toBe(time)
  })

  test.each([
    ['9:00', '2026-11-20T08:00:00.000Z'],
    ['18:30', '2026-11-19T17:30:00.000Z'],
    ['yesterday 9:00', '2026-11-19T08:00:00.000Z'],
    ['2h', '2026-11-20T09:00:00.000Z'],
    ['-2h', '2026-11-20T09:00:00.000Z'],
  ])('looks back: %s', (text, time) => {
    expect(parseTime(text, now, 'back')).toBe(time)
  })

  test('counts by the calendar across the change of the clocks', () => {
    const before = Date.parse('2026-03-28T12:00:00+01:00')
    expect(parseTime('tomorrow 12:00', before, 'ahead')).toBe('2026-03-29T10:00:00.000Z')
  })

  test.each(['25:00', '12:60', '2026-02-31', 'soon', '', 'tomorrow 25:00', '2h', '12'])(
    'does not guess at %j',
    (text) => {
      expect(parseTime(text, now, 'ahead')).toBeUndefined()
    },
  )
})
