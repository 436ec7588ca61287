// Makes the known answers of identity.md: lists, prekeys, attachments, padding, vaults, safety
// numbers and recovery keys. `test/vectors/generate.ts` writes them; the tests make them again on
// both providers and compare, and open them with a second implementation.

import { AttachmentCipher, type AttachmentPlace, CHUNK_BYTES } from '../../src/crypto/attachment.ts'
import { headOf, signDeviceList } from '../../src/crypto/device-list.ts'
import { pad } from '../../src/crypto/padding.ts'
import { makePrekey } from '../../src/crypto/prekeys.ts'
import type { CryptoEnv, Primitives } from '../../src/crypto/primitives.ts'
import { encodeRecoveryKey } from '../../src/crypto/recovery-key.ts'
import { safetyNumber } from '../../src/crypto/safety-number.ts'
import { makeVaultKey, sealVault } from '../../src/crypto/vault.ts'
import type { VaultKdf } from '../../src/crypto/vault-kdf.ts'
import { concat, toHex, utf8 } from '../../src/protocol/bytes.ts'
import type { DeviceListHead, DeviceRecord } from '../../src/protocol/device-list.ts'
import { makeAccount, makeDevice, recordOf } from './identity.ts'
import { seededEnv } from './session-device.ts'

const recordHex = (record: DeviceRecord) => ({
  ...record,
  signingKey: toHex(record.signingKey),
  agreementKey: toHex(record.agreementKey),
})

export function deviceListVectors(env: CryptoEnv) {
  const { primitives } = env
  const { identity, ref } = makeAccount(env)
  const devices = [0, 1, 2].map((at) =>
    recordOf(makeDevice(env, ref), 1_767_225_600_000 + at * 1000),
  )
  const contents = [devices.slice(0, 1), devices, [devices[0], devices[2]]]
  let previous: DeviceListHead | undefined
  const lists = contents.map((some, at) => {
    const listed = some.filter((record) => record !== undefined)
    const issuedAt = 1_767_225_700_000 + at * 1000
    const list = signDeviceList(primitives, identity, { previous, issuedAt, devices: listed })
    previous = headOf(primitives, list)
    return {
      issuedAt,
      devices: listed.map(recordHex),
      body: toHex(list.body),
      hash: toHex(previous.hash),
      signature: toHex(list.signature),
    }
  })
  return {
    account: ref.account,
    accountSeed: toHex(identity.keys.privateKey),
    accountKey: toHex(ref.accountKey),
    lists,
  }
}

export function prekeyVectors(env: CryptoEnv) {
  const device = makeDevice(env, makeAccount(env).ref)
  const kinds = ['curve-signed', 'curve-one-time', 'kem-last-resort', 'kem-one-time'] as const
  return {
    device: device.device,
    signingSeed: toHex(device.signing.privateKey),
    signingKey: toHex(device.signing.publicKey),
    prekeys: kinds.map((kind, at) => {
      const prekey = makePrekey(env, device, kind, 1000 + at)
      return {
        kind,
        id: prekey.id,
        createdAt: prekey.createdAt,
        seed: toHex(prekey.privateKey),
        key: toHex(prekey.key),
        signature: toHex(prekey.signature),
      }
    }),
  }
}

/** Byte n of the file is 7n modulo 256. */
export const vectorFileBytes = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, at) => at * 7)

const ATTACHMENT_SIZES = [0, 5, 4097, CHUNK_BYTES, CHUNK_BYTES + 1, 150_000]

export function attachmentVectors(env: CryptoEnv) {
  const { primitives } = env
  return ATTACHMENT_SIZES.map((size) => {
    const key = env.random(32)
    const cipher = new AttachmentCipher(primitives, key, size)
    const file = vectorFileBytes(size)
    const chunks: Uint8Array[] = []
    const nonces: string[] = []
    let at: AttachmentPlace = cipher.start
    while (at.index < cipher.layout.chunks) {
      const start = at.index * CHUNK_BYTES
      const { chunk, next } = cipher.seal(at, file.subarray(start, start + CHUNK_BYTES))
      chunks.push(chunk)
      nonces.push(toHex(chunk.subarray(0, 12)))
      at = next
    }
    const sealed = concat(cipher.header, ...chunks)
    return {
      key: toHex(key),
      size,
      sealedSize: sealed.length,
      nonces,
      sealedSha256: toHex(primitives.sha256(sealed)),
      /** Whole where it is short. */
      sealed: sealed.length < 5000 ? toHex(sealed) : undefined,
      digest: toHex(cipher.digest(at)),
    }
  })
}

export const paddingVectors = () => ({
  lengths: [0, 1, 158, 159, 160, 1119, 1120, 1279, 1280, 5000, 65_536, 97_279].map((content) => ({
    content,
    padded: pad(new Uint8Array(content)).length,
  })),
  examples: ['', 'hi', 'x'.repeat(159)].map((text) => ({
    content: toHex(utf8(text)),
    padded: toHex(pad(utf8(text))),
  })),
})

const VAULT_KDFS: readonly VaultKdf[] = [
  { kind: 'scrypt', logN: 15 },
  { kind: 'argon2id', memoryKiB: 19 * 1024, passes: 2, lanes: 1 },
]

export async function vaultVectors(env: CryptoEnv) {
  const vectors = []
  for (const kdf of VAULT_KDFS) {
    const passphrase = 'correct caf\u00e9 battery'
    const plaintext = utf8(`sealed with ${kdf.kind}`)
    const key = await makeVaultKey(env, passphrase, kdf)
    vectors.push({
      passphrase,
      kdf,
      salt: toHex(key.salt),
      key: toHex(key.key),
      plaintext: toHex(plaintext),
      sealed: toHex(sealVault(env, key, plaintext)),
    })
  }
  return vectors
}

export function safetyNumberVectors(env: CryptoEnv) {
  return [0, 1, 2].map(() => {
    const [own, peer] = [makeAccount(env).ref, makeAccount(env).ref]
    const hex = (ref: typeof own) => ({ account: ref.account, accountKey: toHex(ref.accountKey) })
    return { own: hex(own), peer: hex(peer), ...safetyNumber(env.primitives, own, peer) }
  })
}

export const recoveryKeyVectors = (env: CryptoEnv) =>
  [new Uint8Array(32), new Uint8Array(32).fill(255), env.random(32)].map((seed) => ({
    seed: toHex(seed),
    key: encodeRecoveryKey(env.primitives, seed),
  }))

/** Every file of test/vectors that this page of the protocol has, by its name. */
export async function identityVectors(
  primitives: Primitives,
): Promise<Readonly<Record<string, unknown>>> {
  const env = (name: string): CryptoEnv => seededEnv(primitives, `vectors ${name}`)
  return {
    'device-list': deviceListVectors(env('device-list')),
    prekeys: prekeyVectors(env('prekeys')),
    attachment: attachmentVectors(env('attachment')),
    padding: paddingVectors(),
    vault: await vaultVectors(env('vault')),
    'safety-number': safetyNumberVectors(env('safety-number')),
    'recovery-key': recoveryKeyVectors(env('recovery-key')),
  }
}
