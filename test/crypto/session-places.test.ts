// Which session is the active one, and which old ones go: on states made by hand.

import { describe, expect, test } from 'vitest'
import { MAX_OLD_SESSIONS } from '../../src/crypto/ratchet/limits.ts'
import { encodeState, type RatchetState } from '../../src/crypto/ratchet/state.ts'
import { NOTHING, type StoredSession } from '../../src/crypto/session.ts'
import { activate, nextStart, type Placed, placeFresh } from '../../src/crypto/session-places.ts'

const filled = (value: number): Uint8Array => new Uint8Array(32).fill(value)

const state = (startedAt: number, heardAt: number): RatchetState => ({
  kind: 'receiving',
  role: 'responder',
  startedAt,
  heardAt,
  root: filled(1),
  previous: 0,
  peer: filled(2),
  receive: { key: filled(3), index: 0 },
  finished: new Uint8Array(0),
})

/** Session `id`, begun at `id` and heard from at `heardAt`. */
const session = (id: number, heardAt: number, active = false): StoredSession => ({
  session: filled(id),
  state: encodeState(state(id, heardAt)),
  active,
})

const next = (id: number, startedAt: number) => ({
  session: filled(id),
  state: state(startedAt, 1000),
})

/** Who is put, `*` for active, and who is dropped, by id. */
const told = ({ put, drop }: Placed) => ({
  put: put.map((each) => `${each.session[0]}${each.active ? '*' : ''}`),
  drop: drop.map((each) => each[0]),
})

/** The active one first, and as many old ones as may be kept, the first of them the longest silent. */
const full = [
  session(50, 900, true),
  ...Array.from({ length: MAX_OLD_SESSIONS }, (_, at) => session(40 - at, 100 + at)),
]

describe('a session of ours that begins', () => {
  test('takes the place of the active one and leaves the old ones as they are', () => {
    const stored = [session(50, 900, true), session(40, 100)]
    expect(told(activate(stored, next(60, 60)))).toEqual({ put: ['60*', '50'], drop: [] })
    expect(told(activate([], next(60, 60)))).toEqual({ put: ['60*'], drop: [] })
  })

  test('makes the longest silent one go where there are too many, were it the active one', () => {
    expect(told(activate(full, next(60, 60)))).toEqual({ put: ['60*', '50'], drop: [40] })
    const silent = [session(50, 1, true), ...full.slice(1)]
    expect(told(activate(silent, next(60, 60)))).toEqual({ put: ['60*'], drop: [50] })
  })

  test('is later than the clock’s word and than all that is known', () => {
    expect(nextStart(77, [])).toBe(77)
    expect(nextStart(77, full)).toBe(77)
    expect(nextStart(50, full)).toBe(51)
    expect(nextStart(3, full)).toBe(51)
  })
})

describe('a session of the peer’s that begins', () => {
  test('becomes the active one where there is none, or where it began later', () => {
    expect(told(placeFresh([session(40, 100)], next(60, 1)))).toEqual({ put: ['60*'], drop: [] })
    expect(told(placeFresh([session(50, 900, true)], next(60, 51)))).toEqual({
      put: ['60*', '50'],
      drop: [],
    })
  })

  test('is kept beside the active one where it began earlier', () => {
    expect(told(placeFresh([session(50, 900, true)], next(60, 49)))).toEqual({
      put: ['60'],
      drop: [],
    })
  })

  test('of two at the same moment the smaller id counts', () => {
    const active = [session(50, 900, true)]
    expect(told(placeFresh(active, next(49, 50))).put).toEqual(['49*', '50'])
    expect(told(placeFresh(active, next(51, 50))).put).toEqual(['51'])
  })

  test('counts as an old one itself: the longest silent makes room, and never the active one', () => {
    expect(told(placeFresh(full, next(60, 1)))).toEqual({ put: ['60'], drop: [40] })
    expect(told(placeFresh(full.slice(0, -1), next(60, 1)))).toEqual({ put: ['60'], drop: [] })
    const silent = [session(50, 1, true), ...full.slice(1)]
    expect(told(placeFresh(silent, next(60, 1)))).toEqual({ put: ['60'], drop: [40] })
  })
})

test('what changes nothing stores, drops and uses up nothing', () => {
  const { handshakeSeen, ...lists } = NOTHING
  expect(handshakeSeen).toBeUndefined()
  expect(Object.values(lists)).toEqual([[], [], [], [], []])
})
