import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkGeneration,
  decodeGeneration,
  encodeGeneration,
} from '../../src/keychain/generation.ts'

describe('the generation', () => {
  test('equal, or the database one ahead, is a profile of ours', () => {
    expect(checkGeneration(7, 7)).toEqual({ kind: 'ok', next: 8 })
    expect(checkGeneration(7, 8)).toEqual({ kind: 'ok', next: 8 })
  })

  test('an older database was restored or copied, an older keychain was restored', () => {
    expect(checkGeneration(7, 6)).toEqual({ kind: 'rolled_back' })
    expect(checkGeneration(7, 9)).toEqual({ kind: 'keychain_rolled_back' })
  })

  test('openings that die anywhere never raise a false alarm', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('before', 'between', 'after'), { maxLength: 60 }),
        (deaths) => {
          let keychain = 0
          let database = 0
          for (const death of deaths) {
            const check = checkGeneration(keychain, database)
            if (check.kind !== 'ok') throw new Error(check.kind)
            if (death === 'before') continue
            database = check.next
            if (death === 'between') continue
            keychain = check.next
          }
        },
      ),
    )
  })

  test('a copy from before any finished opening is found out', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 1, max: 50 }), (start, openings) => {
        const copy = start
        let keychain = start
        for (let opening = 0; opening < openings; opening += 1) {
          const check = checkGeneration(keychain, keychain)
          if (check.kind === 'ok') keychain = check.next
        }
        expect(checkGeneration(keychain, copy).kind).toBe('rolled_back')
      }),
    )
  })

  test('its value in the database is strict', () => {
    expect(decodeGeneration(encodeGeneration(2 ** 40))).toBe(2 ** 40)
    expect(() => decodeGeneration(new Uint8Array())).toThrow()
    expect(() => decodeGeneration(new Uint8Array(9))).toThrow()
  })
})
