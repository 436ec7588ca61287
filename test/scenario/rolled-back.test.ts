// A server that went back to an older copy of its data gives numbers out a second time, has
// prekeys that are spent, and has forgotten what it took. Nobody tells its clients: they find out.

import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Store } from '../../src/store/port.ts'
import type { Device } from './world/device.ts'
import { errorsOf, eventsOf, lastOf, Town, texts } from './world/town.ts'

let town: Town

const reconnect = async (...devices: readonly Device[]): Promise<void> => {
  for (const device of devices) {
    device.disconnect()
    device.connect()
  }
  await town.settle()
}

/** Alice says more than is remembered of it: `kept` before the copy is made, `lost` after. */
async function sayAndForget(kept: readonly string[], lost: readonly string[]): Promise<void> {
  for (const text of kept) await town.say(town.alice, text)
  const copy = town.server.copy()
  for (const text of lost) await town.say(town.alice, text)
  for (const device of [town.alice, town.bob]) device.disconnect()
  town.server.goBack(copy)
}

const nothingTwice = (device: Device): void => {
  const shown = eventsOf(device, 'message').map((event) => event.message)
  expect(new Set(shown).size).toBe(shown.length)
  expect(device.store.quarantined(9)).toEqual([])
}

describe('a server that went back (N11)', () => {
  beforeEach(async () => {
    town = new Town()
    await town.settle()
    await town.befriend()
  })

  test('is found out by a log that is shorter than it was; what is new arrives', async () => {
    await sayAndForget(['one'], ['two', 'three', 'four'])
    await reconnect(town.bob, town.alice)
    expect(errorsOf(town.bob)).toEqual(['server_rolled_back'])
    await town.say(town.alice, 'five')
    expect(texts(town.bob)).toEqual(['one', 'two', 'three', 'four', 'five'])
    nothingTwice(town.bob)
    expect(town.server.waiting(town.bob.log)).toEqual([])
  })

  test('is found out by other entries under old numbers, though the log is longer again', async () => {
    await sayAndForget(['one'], ['two', 'three'])
    await reconnect(town.alice)
    for (const text of ['four', 'five', 'six', 'seven']) await town.say(town.alice, text)
    await reconnect(town.bob)
    expect(errorsOf(town.bob)).toEqual(['server_rolled_back'])
    expect(texts(town.bob).slice(3)).toEqual(['four', 'five', 'six', 'seven'])
    nothingTwice(town.bob)
    expect(town.server.waiting(town.bob.log)).toEqual([])
  })

  test('is told of nothing that it has, and says again what it forgot to hand out', async () => {
    await town.say(town.alice, 'one')
    await town.pass(10_000)
    const copy = town.server.copy()
    town.bob.disconnect()
    await town.say(town.alice, 'two')
    await town.say(town.alice, 'three')
    town.alice.disconnect()
    town.server.goBack(copy)
    await reconnect(town.alice)
    // Nobody can know yet: what went back is Bob's log, and he never saw it longer.
    expect(lastOf(town.alice).status).toBe('stored')
    await town.say(town.alice, 'four')
    expect(errorsOf(town.alice)).toEqual(['server_rolled_back'])
    await town.pass(10_000)
    await reconnect(town.bob)
    expect([...texts(town.bob)].sort()).toEqual(['four', 'one', 'three', 'two'])
    nothingTwice(town.bob)
    await town.pass(10_000)
    const mine = town.alice.store.messages({ limit: 9 })
    expect(mine.map(({ status }) => status)).toEqual(Array(4).fill('delivered'))
  })

  test('gets new prekeys, as its own may be spent', async () => {
    await sayAndForget([], ['two'])
    const before = town.server.counts(town.bob.profile.local.device)
    await reconnect(town.bob)
    await town.pass(1_000)
    expect(before.curve).toBeLessThan(5)
    expect(town.server.counts(town.bob.profile.local.device)).toEqual({ curve: 100, kem: 100 })
  })

  test('is said once, and a second time when it happens a second time', async () => {
    await sayAndForget(['one'], ['two'])
    await reconnect(town.bob, town.alice)
    await town.say(town.alice, 'three')
    await town.say(town.bob, 'four')
    await town.pass(10_000)
    await reconnect(town.bob, town.alice)
    for (const device of [town.alice, town.bob]) {
      expect(errorsOf(device)).toEqual(['server_rolled_back'])
    }
    await sayAndForget(['five'], ['six', 'seven', 'eight'])
    await reconnect(town.bob)
    expect(errorsOf(town.bob)).toEqual(['server_rolled_back', 'server_rolled_back'])
    nothingTwice(town.bob)
  })

  test('that was restored as it should be is said too, and what nobody had is sent again', async () => {
    const copy = town.server.copy()
    town.bob.disconnect()
    await town.say(town.alice, 'forgotten')
    town.server.restore(copy)
    await reconnect(town.alice)
    expect(errorsOf(town.alice)).toEqual(['server_rolled_back'])
    await town.pass(1_000)
    await reconnect(town.bob)
    expect(texts(town.bob)).toEqual(['forgotten'])
  })
})

describe('a server that claims again and again that it went back', () => {
  const HOUR = 3_600_000
  beforeEach(async () => {
    town = new Town()
    await town.settle()
    await town.befriend()
  })

  test('is answered twice in an hour, and once more when it is over', async () => {
    for (const text of ['one', 'two', 'three']) await town.say(town.bob, text)
    await town.pass(10_000)
    const uploads = vi.spyOn(town.server, 'upload')
    const replaced = () => uploads.mock.calls.filter(([, , replace]) => replace).length
    const appends = vi.spyOn(town.server, 'append')
    const claim = async (from: number): Promise<void> => {
      for (let restored = from; restored < from + 10; restored += 1) {
        const noted = town.alice.driver.prekeys(
          { curve: 100, kem: 100 },
          { restored, time: town.now },
        )
        await town.settle()
        await noted
        town.alice.stir()
        await town.pass(10_000)
      }
    }
    await claim(0)
    expect(errorsOf(town.alice)).toEqual(Array(2).fill('server_rolled_back'))
    expect(replaced()).toBe(2)
    expect(appends).toHaveBeenCalledTimes(2)
    await claim(10)
    expect(errorsOf(town.alice)).toHaveLength(2)
    await town.pass(HOUR)
    await town.pass(10_000)
    expect(errorsOf(town.alice)).toHaveLength(3)
    expect(replaced()).toBe(3)
    expect(appends).toHaveBeenCalledTimes(3)
  })

  test('and tells the truth each time loses nothing: two at once, the third in an hour', async () => {
    const restore = async (text: string): Promise<void> => {
      const copy = town.server.copy()
      town.bob.disconnect()
      await town.say(town.alice, text)
      town.server.restore(copy)
      await reconnect(town.alice)
      await town.pass(60_000)
      await reconnect(town.bob)
    }
    await town.alice.driver.prekeys({ curve: 100, kem: 100 }, { restored: 0, time: town.now })
    await restore('one')
    await restore('two')
    expect(texts(town.bob)).toEqual(['one', 'two'])
    await restore('three')
    await town.pass(HOUR)
    await reconnect(town.bob)
    await town.pass(10_000)
    expect(texts(town.bob)).toEqual(['one', 'two', 'three'])
    nothingTwice(town.bob)
  })
})

test('an entry that comes again is no sign of it', async () => {
  town = new Town()
  await town.settle()
  await town.befriend()
  await town.say(town.alice, 'one')
  const copy = town.server.copy()
  await town.say(town.alice, 'two')
  const [entry] = town.server.waiting(town.bob.log)
  expect(entry).toBeUndefined()
  // As after acknowledgements that were lost: the same entries under the same numbers.
  const { logs } = copy
  for (const [log, entries] of logs) await town.bob.driver.entries(log, entries)
  expect(errorsOf(town.bob)).toEqual([])
})

describe('planted: a client that remembers no entry', () => {
  /** As it was before: the cursor alone says what is new. */
  const forgetful = (store: Store): Store => ({
    ...store,
    transaction: (work) =>
      store.transaction((tx) =>
        work({ ...tx, arrived: () => undefined, appended: () => undefined }),
      ),
  })

  test('passes over what is new under old numbers', async () => {
    town = new Town({ store: forgetful })
    await town.settle()
    await town.befriend()
    await sayAndForget(['one'], ['two', 'three'])
    await reconnect(town.alice)
    for (const text of ['four', 'five', 'six', 'seven']) await town.say(town.alice, text)
    await reconnect(town.bob)
    expect(texts(town.bob)).not.toContain('four')
  })
})
