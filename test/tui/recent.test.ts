import { expect, test } from 'vitest'
import { Recent } from '../../src/tui/text/recent.ts'

const keys = (count: number) => Array.from({ length: count }, (_, at) => ({ at }))

test('what was made lately is remembered', () => {
  const recent = new Recent<object, number>(10)
  const all = keys(10)
  for (const key of all) recent.set(key, key.at)
  expect(all.map((key) => recent.get(key))).toEqual(all.map(({ at }) => at))
})

test('what nobody asked for while many others were made is forgotten', () => {
  const recent = new Recent<object, number>(10)
  const [first, ...others] = keys(21)
  if (first === undefined) throw new Error('no key')
  recent.set(first, 0)
  for (const key of others) recent.set(key, key.at)
  expect(recent.get(first)).toBeUndefined()
})

test('what is asked for again and again stays, however much else is made', () => {
  const recent = new Recent<object, number>(10)
  const [first, ...others] = keys(1_000)
  if (first === undefined) throw new Error('no key')
  recent.set(first, 7)
  for (const key of others) {
    recent.set(key, key.at)
    expect(recent.get(first)).toBe(7)
  }
})
