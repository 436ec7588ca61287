// Argon2id without native code: to open, on an older Node, what a newer one sealed. Takes about
// 1.5 s where the native one takes a quarter, so nothing is sealed with it.

import { argon2idAsync } from '@noble/hashes/argon2.js'

interface Argon2Parameters {
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
  readonly length: number
}

export const portableArgon2id = (
  secret: Uint8Array,
  salt: Uint8Array,
  { memoryKiB, passes, lanes, length }: Argon2Parameters,
): Promise<Uint8Array> =>
  argon2idAsync(secret, salt, { m: memoryKiB, t: passes, p: lanes, dkLen: length })
