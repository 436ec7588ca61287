import { describe, expect, test } from 'vitest'
import { Changes } from '../../src/client/changes.ts'

/** Waits for `is.true`, and counts how often it was asked. */
function waiter(changes: Changes, of?: string) {
  const is = { true: false, asked: 0 }
  const look = (): true | undefined => {
    is.asked += 1
    return is.true ? true : undefined
  }
  const done = changes.when(look, { signals: [], ...(of === undefined ? {} : { of }) })
  return { is, done }
}

describe('who waits', () => {
  test('for one thing is asked when it changes, or everything, and for nothing else', async () => {
    const changes = new Changes()
    const { is, done } = waiter(changes, 'one')
    expect(is.asked).toBe(1)
    changes.changed('another')
    expect(is.asked).toBe(1)
    changes.changed('one')
    expect(is.asked).toBe(2)
    changes.changed()
    expect(is.asked).toBe(3)
    is.true = true
    changes.changed('one')
    await expect(done).resolves.toBe(true)
    changes.changed()
    expect(is.asked).toBe(4)
  })

  test('for anything is asked whatever changes', async () => {
    const changes = new Changes()
    const { is, done } = waiter(changes)
    changes.changed('one')
    expect(is.asked).toBe(2)
    is.true = true
    changes.changed('another')
    await expect(done).resolves.toBe(true)
  })
})
