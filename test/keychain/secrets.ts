import type { KeychainSecrets } from '../../src/keychain/port.ts'

const bytes = (value: number): Uint8Array => new Uint8Array(32).fill(value)

/** Distinct everywhere, so that no two fields can be mixed up unnoticed. */
export const secrets: KeychainSecrets = {
  databaseKey: bytes(1),
  signingSeed: bytes(2),
  agreementSeed: bytes(3),
  accountSeed: bytes(4),
  generation: 5,
}
