// Seals the file keychain with the crypto room's vault: keychain/ asks for it by port, because it
// knows bytes and no cryptography.

import { CryptoError } from '../crypto/primitives.ts'
import { wipe } from '../crypto/secret.ts'
import {
  makeVaultKey,
  openVault,
  openVaultWith,
  sealVault,
  type VaultKey,
} from '../crypto/vault.ts'
import type { Sealer, SealKey } from '../keychain/sealed-file.ts'
import { ProtocolError } from '../protocol/errors.ts'
import { realEnv } from './env.ts'

export const vaultSealer: Sealer = {
  async lock(passphrase) {
    return sealKey(await makeVaultKey(realEnv, passphrase))
  },
  async unlock(passphrase, sealed) {
    try {
      const { plaintext, key } = await openVault(realEnv.primitives, passphrase, sealed)
      wipe(plaintext)
      return sealKey(key)
    } catch (error) {
      if (error instanceof CryptoError) return undefined
      throw error
    }
  },
}

const sealKey = (key: VaultKey): SealKey => ({
  seal: (plaintext) => sealVault(realEnv, key, plaintext),
  open(sealed) {
    try {
      return openVaultWith(realEnv.primitives, key, sealed)
    } catch (error) {
      if (error instanceof CryptoError || error instanceof ProtocolError) return undefined
      throw error
    }
  },
  wipe: () => wipe(key.key),
})
