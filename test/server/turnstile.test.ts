import { describe, expect, test } from 'vitest'
import { Turnstile } from '../../server/turnstile.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the turnstile', () => {
  test('lets nobody wait at rest', () => {
    const entered: number[] = []
    new Turnstile().enter(() => entered.push(1))
    expect(entered).toEqual([1])
  })

  test('lets two in at a turn, in the order in which they came, and loses none (N17)', async () => {
    const turnstile = new Turnstile()
    const entered: number[] = []
    for (let who = 0; who < 7; who += 1) turnstile.enter(() => entered.push(who))
    const byTurn = [entered.length]
    for (let count = 0; count < 4; count += 1) {
      await turn()
      byTurn.push(entered.length)
    }
    expect(byTurn).toEqual([2, 4, 6, 7, 7])
    expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6])
    turnstile.enter(() => entered.push(7))
    expect(entered).toHaveLength(8)
  })
})
