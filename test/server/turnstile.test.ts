import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Turnstile } from '../../server/turnstile.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the turnstile', () => {
  test('lets nobody wait at rest', async () => {
    const turnstile = new Turnstile()
    const entered: number[] = []
    for (let round = 0; round < 3; round += 1) {
      turnstile.enter('somewhere', () => entered.push(round))
      expect(entered).toHaveLength(round + 1)
      await turn()
    }
  })

  test('lets two in at a turn, in the order in which they came, and loses none (N17)', async () => {
    const turnstile = new Turnstile()
    const entered: number[] = []
    for (let who = 0; who < 7; who += 1) turnstile.enter('somewhere', () => entered.push(who))
    const byTurn = [entered.length]
    for (let count = 0; count < 4; count += 1) {
      await turn()
      byTurn.push(entered.length)
    }
    expect(byTurn).toEqual([2, 4, 6, 7, 7])
    expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6])
    turnstile.enter('somewhere', () => entered.push(7))
    expect(entered).toHaveLength(8)
  })
})

describe('the turnstile while messages flow', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  test('lets one in each three milliseconds while messages flow (N17)', () => {
    const turnstile = new Turnstile()
    const entered: number[] = []
    const at = (ms: number): number => {
      vi.advanceTimersByTime(ms)
      return entered.length
    }
    turnstile.flows()
    for (let who = 0; who < 6; who += 1) turnstile.enter('somewhere', () => entered.push(who))
    expect([at(0), at(2), at(1), at(2), at(1)]).toEqual([2, 2, 3, 3, 4])
    // One who comes later waits behind all others.
    turnstile.enter('somewhere', () => entered.push(6))
    expect([at(3), at(3), at(3)]).toEqual([5, 6, 7])
    expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6])
    // Nothing has flowed for a while.
    at(20)
    for (let who = 7; who < 13; who += 1) turnstile.enter('somewhere', () => entered.push(who))
    expect([entered.length, at(1)]).toEqual([9, 13])
  })

  test('lets addresses take turns, so that whoever sends many waits behind himself (N17)', () => {
    const turnstile = new Turnstile()
    const entered: string[] = []
    const come = (address: string, count: number): void => {
      for (let which = 0; which < count; which += 1) {
        turnstile.enter(address, () => entered.push(`${address}${which}`))
      }
    }
    turnstile.flows()
    come('many', 500)
    come('one', 1)
    come('two', 2)
    for (let ms = 0; ms < 15; ms += 1) {
      turnstile.flows()
      vi.advanceTimersByTime(1)
    }
    expect(entered).toEqual(['many0', 'many1', 'many2', 'one0', 'two0', 'many3', 'two1'])
  })

  test('keeps a thousand of one address waiting, and says no to more of it (N17)', () => {
    const turnstile = new Turnstile()
    let entered = 0
    const come = (address: string): boolean =>
      turnstile.enter(address, () => {
        entered += 1
      })
    turnstile.flows()
    const here = Array.from({ length: 5_000 }, () => come('many'))
    expect(here.filter(Boolean)).toHaveLength(1_002)
    expect(come('one')).toBe(true)
    vi.advanceTimersByTime(3_000)
    expect(entered).toBe(1_003)
    expect(come('many')).toBe(true)
  })

  test('stays slow as long as nobody waits for long, though somebody always waits (N17)', () => {
    const turnstile = new Turnstile()
    let entered = 0
    const come = (): void => {
      turnstile.enter('somewhere', () => {
        entered += 1
      })
    }
    for (let who = 0; who < 100; who += 1) come()
    for (let ms = 0; ms < 6_000; ms += 1) {
      turnstile.flows()
      if (ms % 3 === 0) come()
      vi.advanceTimersByTime(1)
    }
    expect(entered).toBeGreaterThan(1_990)
    expect(entered).toBeLessThan(2_010)
  })

  test('lets nobody wait much longer than three seconds for messages, however many come (N17)', () => {
    const turnstile = new Turnstile()
    let entered = 0
    for (let who = 0; who < 5_000; who += 1) {
      turnstile.enter(`address ${who % 10}`, () => {
        entered += 1
      })
    }
    const flow = (ms: number): number => {
      for (let step = 0; step < ms; step += 1) {
        turnstile.flows()
        vi.advanceTimersByTime(1)
      }
      return entered
    }
    const slowly = flow(2_900)
    expect(slowly).toBeGreaterThan(900)
    expect(slowly).toBeLessThan(1_000)
    // An immediate is a millisecond of this clock: two in each.
    expect(flow(1_100)).toBeGreaterThan(slowly + 2 * 850)
  })
})
