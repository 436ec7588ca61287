// The real vault as a sealer, with the cheapest password hash that it accepts.

import { CryptoError } from '../../src/crypto/primitives.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import {
  makeVaultKey,
  openVault,
  openVaultWith,
  sealVault,
  type VaultKey,
} from '../../src/crypto/vault.ts'
import type { Sealer, SealKey } from '../../src/keychain/sealed-file.ts'
import { randomEnv } from '../helpers/env.ts'

const env = { ...randomEnv, primitives: nodePrimitives }

const sealKey = (key: VaultKey): SealKey => ({
  seal: (plaintext) => sealVault(env, key, plaintext),
  open(sealed) {
    try {
      return openVaultWith(nodePrimitives, key, sealed)
    } catch {
      return undefined
    }
  },
  wipe: () => void key.key.fill(0),
})

export interface CountingSealer extends Sealer {
  readonly hashes: number
}

export function vaultSealer(): CountingSealer {
  let hashes = 0
  return {
    get hashes() {
      return hashes
    },
    async lock(passphrase) {
      hashes += 1
      return sealKey(await makeVaultKey(env, passphrase, { kind: 'scrypt', logN: 15 }))
    },
    async unlock(passphrase, sealed) {
      hashes += 1
      try {
        return sealKey((await openVault(nodePrimitives, passphrase, sealed)).key)
      } catch (error) {
        if (error instanceof CryptoError) return undefined
        throw error
      }
    },
  }
}
