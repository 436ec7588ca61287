import { describe, expect, test } from 'vitest'
import { beside } from '../../src/crypto/beside.ts'

describe('what is kept beside bytes', () => {
  test('comes back for those very bytes, not for equal ones', () => {
    const names = beside<string>()
    const bytes = Uint8Array.of(1, 2)
    names.set(bytes, 'first')
    names.set(bytes, 'second')
    expect(names.get(bytes)).toBe('second')
    expect(names.get(bytes.slice())).toBeUndefined()
    expect(names.get(bytes.subarray(0))).toBeUndefined()
  })

  test('is in nobody else’s sight', () => {
    const names = beside<string>()
    const others = beside<string>()
    const bytes = Uint8Array.of(1, 2)
    names.set(bytes, 'kept')
    expect(others.get(bytes)).toBeUndefined()
    expect(Reflect.ownKeys(bytes)).toEqual(['0', '1'])
    expect(structuredClone(bytes)).toEqual(Uint8Array.of(1, 2))
  })
})
