// From a passphrase to a key. Argon2id where the runtime has it (Node 24.7), scrypt elsewhere;
// whatever one made, the other opens: both are in every Node here, Argon2id at worst as the slow
// portable one. Asynchronous, for it takes half a second that a screen must not stand still.

import * as crypto from 'node:crypto'
import { utf8 } from '../protocol/bytes.ts'
import { type Codec, struct, u8, u32, union, type Value } from '../protocol/codec.ts'
import { malformed } from '../protocol/errors.ts'

/** A number between bounds. The upper ones keep a planted file from taking all memory, the lower
 *  ones keep one from weakening what is sealed again under its parameters. */
const within = (inner: Codec<number>, min: number, max: number): Codec<number> => ({
  write: (writer, value) => inner.write(writer, check(value, min, max)),
  read: (reader) => check(inner.read(reader), min, max),
})

function check(value: number, min: number, max: number): number {
  if (value < min || value > max) throw malformed('key derivation parameter')
  return value
}

export const vaultKdf = union({
  /** Memory is 2^(logN + 10) bytes with r = 8, p = 1. */
  scrypt: { tag: 1, codec: struct({ logN: within(u8, 15, 19) }) },
  /** Version 0x13. */
  argon2id: {
    tag: 2,
    codec: struct({
      memoryKiB: within(u32, 19 * 1024, 512 * 1024),
      passes: within(u8, 1, 10),
      lanes: within(u8, 1, 8),
    }),
  },
})
export type VaultKdf = Value<typeof vaultKdf>

/** 128 MiB; OWASP's first choice for scrypt. */
const SCRYPT: VaultKdf = { kind: 'scrypt', logN: 17 }
const SCRYPT_BLOCK = 8
/** 64 MiB; RFC 9106's second recommendation. */
const ARGON2ID: VaultKdf = { kind: 'argon2id', memoryKiB: 64 * 1024, passes: 3, lanes: 4 }

interface Argon2Input {
  readonly message: Uint8Array
  readonly nonce: Uint8Array
  readonly parallelism: number
  readonly tagLength: number
  readonly memory: number
  readonly passes: number
}
type Done = (error: Error | null, key: Uint8Array) => void
interface RuntimeWithArgon2 {
  argon2(algorithm: 'argon2id', input: Argon2Input, done: Done): void
}

const hasArgon2 = (runtime: object): runtime is RuntimeWithArgon2 => 'argon2' in runtime

export const preferredKdf: VaultKdf = hasArgon2(crypto) ? ARGON2ID : SCRYPT

const OUTPUT_BYTES = 32

/** The passphrase in Unicode's composed form: one keyboard's é is another's e and accent. */
export async function stretch(
  kdf: VaultKdf,
  passphrase: string,
  salt: Uint8Array,
): Promise<Uint8Array> {
  const secret = utf8(passphrase.normalize('NFC'))
  try {
    return kdf.kind === 'scrypt' ? await scrypt(kdf, secret, salt) : await argon2(kdf, secret, salt)
  } finally {
    secret.fill(0)
  }
}

function scrypt(
  { logN }: Extract<VaultKdf, { kind: 'scrypt' }>,
  secret: Uint8Array,
  salt: Uint8Array,
): Promise<Uint8Array> {
  const N = 2 ** logN
  // Node's limit is an estimate below what scrypt needs: leave it room.
  const maxmem = 2 * 128 * N * SCRYPT_BLOCK
  return new Promise((resolve, reject) => {
    crypto.scrypt(secret, salt, OUTPUT_BYTES, { N, r: SCRYPT_BLOCK, p: 1, maxmem }, (error, key) =>
      error === null ? resolve(new Uint8Array(key)) : reject(error),
    )
  })
}

async function argon2(
  { memoryKiB, passes, lanes }: Extract<VaultKdf, { kind: 'argon2id' }>,
  secret: Uint8Array,
  salt: Uint8Array,
): Promise<Uint8Array> {
  const runtime: object = crypto
  if (!hasArgon2(runtime)) {
    const { portableArgon2id } = await import('./argon2-noble.ts')
    return portableArgon2id(secret, salt, { memoryKiB, passes, lanes, length: OUTPUT_BYTES })
  }
  const input = {
    message: secret,
    nonce: salt,
    parallelism: lanes,
    tagLength: OUTPUT_BYTES,
    memory: memoryKiB,
    passes,
  }
  return new Promise((resolve, reject) => {
    runtime.argon2('argon2id', input, (error, key) =>
      error === null ? resolve(new Uint8Array(key)) : reject(error),
    )
  })
}
