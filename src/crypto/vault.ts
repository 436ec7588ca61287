// A small secret sealed under a passphrase: the file keychain. The derived key can be kept while
// the program runs, so that sealing again costs no key derivation; each sealing has a fresh nonce.
// docs/protocol/identity.md, "Vault".

import { concat, equalPublic } from '../protocol/bytes.ts'
import { bytes, decode, encode, fixed, struct, type Value } from '../protocol/codec.ts'
import { malformed } from '../protocol/errors.ts'
import { VAULT_KEY } from './labels.ts'
import { TAG_BYTES } from './lengths.ts'
import { type CryptoEnv, CryptoError, type Primitives } from './primitives.ts'
import { preferredKdf, stretch, type VaultKdf, vaultKdf } from './vault-kdf.ts'

/** Key, salt and how the key came from the passphrase. */
export interface VaultKey {
  readonly kdf: VaultKdf
  readonly salt: Uint8Array
  readonly key: Uint8Array
}

/** A keychain is some hundred bytes. */
const MAX_PLAINTEXT_BYTES = 64 * 1024
const SALT_BYTES = 16
const NONCE_BYTES = 12
/** 'sottovlt', then the format's version. */
const MAGIC = Uint8Array.of(0x73, 0x6f, 0x74, 0x74, 0x6f, 0x76, 0x6c, 0x74, 1)

const head = struct({
  magic: fixed(MAGIC.length),
  kdf: vaultKdf,
  salt: fixed(SALT_BYTES),
  nonce: fixed(NONCE_BYTES),
})
const vault = struct({ head, sealed: bytes(MAX_PLAINTEXT_BYTES + TAG_BYTES) })
type Head = Value<typeof head>

/** Runs the key derivation with a new salt; `kdf` is the best of this runtime unless tests say. */
export async function makeVaultKey(
  env: CryptoEnv,
  passphrase: string,
  kdf: VaultKdf = preferredKdf,
): Promise<VaultKey> {
  return deriveKey(env.primitives, passphrase, { kdf, salt: env.random(SALT_BYTES) })
}

export function sealVault(env: CryptoEnv, key: VaultKey, plaintext: Uint8Array): Uint8Array {
  if (plaintext.length > MAX_PLAINTEXT_BYTES) throw malformed('too much for a vault')
  // A key that was wiped is zeros, which everybody has.
  if (key.key.every((byte) => byte === 0)) throw new CryptoError('bad_key', 'vault key was wiped')
  const { kdf, salt } = key
  // Random, 96 bits: a profile is opened far fewer than 2^32 times under one passphrase.
  const top: Head = { magic: MAGIC, kdf, salt, nonce: env.random(NONCE_BYTES) }
  const sealed = env.primitives.aesGcmSeal(boxOf(key, top, plaintext))
  return encode(vault, { head: top, sealed })
}

interface OpenedVault {
  readonly plaintext: Uint8Array
  /** For sealing again under the same passphrase. */
  readonly key: VaultKey
}

/**
 * Throws ProtocolError for bytes that are no vault, CryptoError `not_authentic` for a wrong
 * passphrase or a changed file: those two cannot be told apart.
 */
export async function openVault(
  primitives: Primitives,
  passphrase: string,
  sealed: Uint8Array,
): Promise<OpenedVault> {
  const { head: top, sealed: data } = parse(sealed)
  const key = await deriveKey(primitives, passphrase, top)
  return { plaintext: primitives.aesGcmOpen(boxOf(key, top, data)), key }
}

/** With a key that was kept: no key derivation. Undefined when the vault is under another key. */
export function openVaultWith(
  primitives: Primitives,
  key: VaultKey,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const { head: top, sealed: data } = parse(sealed)
  const same =
    equalPublic(top.salt, key.salt) &&
    equalPublic(encode(vaultKdf, top.kdf), encode(vaultKdf, key.kdf))
  return same ? primitives.aesGcmOpen(boxOf(key, top, data)) : undefined
}

function parse(sealed: Uint8Array): Value<typeof vault> {
  const parsed = decode(vault, sealed)
  if (!equalPublic(parsed.head.magic, MAGIC)) throw malformed('not a vault')
  return parsed
}

async function deriveKey(
  primitives: Primitives,
  passphrase: string,
  { kdf, salt }: Pick<VaultKey, 'kdf' | 'salt'>,
): Promise<VaultKey> {
  const stretched = await stretch(kdf, passphrase, salt)
  const key = primitives.hkdfSha256({
    ikm: stretched,
    salt,
    info: concat(VAULT_KEY, encode(vaultKdf, kdf)),
    length: 32,
  })
  stretched.fill(0)
  return { kdf, salt, key }
}

/** The whole head is associated data: no parameter of it can be changed. */
const boxOf = ({ key }: VaultKey, top: Head, data: Uint8Array) => ({
  key,
  nonce: top.nonce,
  data,
  ad: encode(head, top),
})
