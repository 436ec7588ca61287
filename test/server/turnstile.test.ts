import { describe, expect, test } from 'vitest'
import { Turnstile } from '../../server/turnstile.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A turnstile at which `count` arrive at once, and how many were in after each of `turns`, each of
 *  which takes `ms`. */
async function crowd(count: number, turns: number, ms: number) {
  let now = 0
  const turnstile = new Turnstile(() => now)
  const entered: number[] = []
  for (let who = 0; who < count; who += 1) turnstile.enter(() => entered.push(who))
  const byTurn = [entered.length]
  while (byTurn.length <= turns) {
    now += ms
    await turn()
    byTurn.push(entered.length)
  }
  return { turnstile, entered, byTurn }
}

describe('the turnstile', () => {
  test('lets nobody wait at rest', async () => {
    const turnstile = new Turnstile()
    const entered: number[] = []
    for (let round = 0; round < 3; round += 1) {
      turnstile.enter(() => entered.push(round))
      expect(entered).toHaveLength(round + 1)
      await turn()
    }
  })

  test('lets two in at a turn, in the order in which they came, and loses none (N17)', async () => {
    const { turnstile, entered, byTurn } = await crowd(7, 5, 1)
    expect(byTurn).toEqual([2, 4, 6, 7, 7, 7])
    expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6])
    turnstile.enter(() => entered.push(7))
    expect(entered).toHaveLength(8)
  })

  test('is closed while turns are long, yet never for more than five of them (N17)', async () => {
    const { entered, byTurn } = await crowd(5, 12, 2)
    expect(byTurn).toEqual([2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 5])
    expect(entered).toEqual([0, 1, 2, 3, 4])
  })

  test('lets those who come while it is closed wait for their turn', async () => {
    const { turnstile, entered } = await crowd(3, 1, 2)
    turnstile.enter(() => entered.push(9))
    expect(entered).toEqual([0, 1])
    for (let count = 0; count < 6; count += 1) await turn()
    expect(entered).toEqual([0, 1, 2, 9])
  })
})
