// What every keychain must do. An adapter's test calls this with a way to make a keychain that
// has never held anything, and to look at the same one anew, as another process would.

import { describe, expect, test } from 'vitest'
import type { Keychain } from '../../src/keychain/port.ts'
import { secrets } from './secrets.ts'

export interface KeychainMaker {
  fresh(): Keychain
  /** The same home as the last `fresh`, without anything remembered. */
  again(): Keychain
}

export function keychainContract(name: string, { fresh, again }: KeychainMaker): void {
  describe(`${name} keeps the contract of a keychain`, () => {
    test('one that never held secrets says so', async () => {
      expect(await fresh().load()).toBeUndefined()
    })

    test('what was saved is loaded, by another process too', async () => {
      const keychain = fresh()
      await keychain.save(secrets)
      expect(await keychain.load()).toEqual(secrets)
      expect(await again().load()).toEqual(secrets)
      await keychain.remove()
    })

    test('a device that is not the primary has no account seed', async () => {
      const keychain = fresh()
      await keychain.save({ ...secrets, accountSeed: undefined })
      expect(await again().load()).toEqual({ ...secrets, accountSeed: undefined })
      await keychain.remove()
    })

    test('saving replaces the whole value', async () => {
      const keychain = fresh()
      await keychain.save(secrets)
      await keychain.save({ ...secrets, generation: 2 ** 40 })
      expect((await again().load())?.generation).toBe(2 ** 40)
      await keychain.remove()
    })

    test('what was removed is gone, and removing again is no error', async () => {
      const keychain = fresh()
      await keychain.save(secrets)
      await keychain.remove()
      expect(await again().load()).toBeUndefined()
      await keychain.remove()
    })
  })
}
