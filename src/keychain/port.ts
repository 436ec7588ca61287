// Where a profile's few long-lived secrets are. Two homes: the operating system's keychain and a
// file sealed with a passphrase. Chosen once, remembered in a marker, never changed silently.

export type KeychainKind = 'os' | 'file'

/** Everything a keychain holds for one profile, as one value written as a whole. */
export interface KeychainSecrets {
  /** Raw 32-byte key of the profile database. */
  readonly databaseKey: Uint8Array
  /** 32-byte seeds of the device's Ed25519 and X25519 keys. */
  readonly signingSeed: Uint8Array
  readonly agreementSeed: Uint8Array
  /** 32-byte seed of the account identity key: on the primary device only. */
  readonly accountSeed: Uint8Array | undefined
  /** Advances at each opening of the profile; the database carries its twin. */
  readonly generation: number
}

export interface Keychain {
  readonly kind: KeychainKind
  /** Undefined when this profile has never had secrets here; locked or broken throws. */
  load(): Promise<KeychainSecrets | undefined>
  /** Durable and proven by reading back before it returns. */
  save(secrets: KeychainSecrets): Promise<void>
  remove(): Promise<void>
}

export type KeychainErrorCode =
  | 'keychain_missing' // no Secret Service, no D-Bus
  | 'keychain_locked'
  | 'keychain_lost' // the marker says an identity exists, the keychain has none
  | 'passphrase_needed'
  | 'passphrase_wrong'
  | 'keychain_corrupt'
  | 'keychain_failed'

export class KeychainError extends Error {
  readonly code: KeychainErrorCode

  constructor(code: KeychainErrorCode, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'KeychainError'
    this.code = code
  }
}
