// The known answers of docs/protocol/identity.md: made again on both providers, and read by a
// second implementation that is written from that page on bare node:crypto calls.

import * as crypto from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { portableArgon2id } from '../../src/crypto/argon2-noble.ts'
import { AttachmentCipher, CHUNK_BYTES } from '../../src/crypto/attachment.ts'
import { verifyChain } from '../../src/crypto/device-list.ts'
import { unpad } from '../../src/crypto/padding.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { decodeRecoveryKey } from '../../src/crypto/recovery-key.ts'
import { SAFETY_WORD_LIST } from '../../src/crypto/safety-words.ts'
import { openVault } from '../../src/crypto/vault.ts'
import { parseId } from '../../src/protocol/ids.ts'
import {
  type attachmentVectors,
  type deviceListVectors,
  identityVectors,
  type paddingVectors,
  type prekeyVectors,
  type recoveryKeyVectors,
  type safetyNumberVectors,
  type vaultVectors,
  vectorFileBytes,
} from '../helpers/identity-vectors.ts'
import { PROVIDERS } from '../helpers/providers.ts'

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../vectors/${name}.json`), 'utf8'))

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const label = (text: string): Buffer => Buffer.from(`sotto/1 ${text}\0`)
const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  crypto.createHash('sha256').update(Buffer.concat(parts)).digest()
const id = (uuid: string): Buffer => hex(uuid.replaceAll('-', ''))
const u32 = (value: number): Buffer => hex(value.toString(16).padStart(8, '0'))
const u64 = (value: number): Buffer => hex(value.toString(16).padStart(16, '0'))
const hkdf = (ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer =>
  Buffer.from(crypto.hkdfSync('sha256', ikm, salt, info, length))

function gcmOpen(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, sealed: Uint8Array): Buffer {
  const open = crypto.createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
  open.setAAD(ad)
  open.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([open.update(sealed.subarray(0, -16)), open.final()])
}

function verifies(publicKey: string, message: Uint8Array, signature: string): boolean {
  const x = hex(publicKey).toString('base64url')
  const key = crypto.createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } })
  return crypto.verify(null, message, key, hex(signature))
}

describe.each(PROVIDERS)('with $name', (primitives) => {
  test('every known answer is made again, byte for byte', async () => {
    for (const [name, vectors] of Object.entries(await identityVectors(primitives))) {
      expect(JSON.parse(JSON.stringify(vectors)), name).toEqual(read(name))
    }
  })
})

type Awaits<F extends (...input: never[]) => unknown> = Awaited<ReturnType<F>>

test('device lists: bytes, hashes, links and signatures', () => {
  const { account, accountKey, lists } = read<Awaits<typeof deviceListVectors>>('device-list')
  let previous: Buffer = Buffer.alloc(32)
  for (const [at, list] of lists.entries()) {
    const records = list.devices.map((record) => [
      id(record.device),
      hex(record.signingKey),
      hex(record.agreementKey),
      u64(record.addedAt),
    ])
    const body = Buffer.concat([
      ...[id(account), u32(at + 1), previous, u64(list.issuedAt)],
      u32(records.length).subarray(2),
      ...records.flat(),
    ])
    expect(body.toString('hex')).toBe(list.body)
    expect(verifies(accountKey, Buffer.concat([label('device list'), body]), list.signature)).toBe(
      true,
    )
    previous = sha256(body)
    expect(previous.toString('hex')).toBe(list.hash)
  }
  const chain = lists.map(({ body, signature }) => ({
    body: new Uint8Array(hex(body)),
    signature: new Uint8Array(hex(signature)),
  }))
  const ref = { account: parseId<typeof account>(account), accountKey: hex(accountKey) }
  expect(verifyChain(nodePrimitives, ref, undefined, chain).devices).toHaveLength(2)
})

test('prekeys: what is signed', () => {
  const { device, signingKey, prekeys } = read<Awaits<typeof prekeyVectors>>('prekeys')
  expect(prekeys).toHaveLength(4)
  for (const prekey of prekeys) {
    const message = Buffer.concat([
      label(`prekey ${prekey.kind.replace('-', ' ')}`),
      ...[id(device), u32(prekey.id), u64(prekey.createdAt), hex(prekey.key)],
    ])
    expect(verifies(signingKey, message, prekey.signature)).toBe(true)
  }
})

test('attachments: keys, nonces, chunks and the chain of the digest', () => {
  const header = hex('736f74746f610110')
  for (const vector of read<Awaits<typeof attachmentVectors>>('attachment')) {
    const info = Buffer.concat([label('attachment key'), header, u64(vector.size)])
    const keys = hkdf(hex(vector.key), Buffer.alloc(0), info, 64)
    const ours = new AttachmentCipher(nodePrimitives, hex(vector.key), vector.size)
    const file = Buffer.from(vectorFileBytes(vector.size))
    let digest = sha256(header)
    let place = ours.start
    const sealed = [header]
    for (const [index, nonce] of vector.nonces.entries()) {
      const final = index === vector.nonces.length - 1
      const rest = vector.sealedSize - 8 - index * (65_536 + 28)
      const plain = Buffer.alloc(Math.min(65_536, rest - 28))
      file.copy(plain, 0, index * 65_536)
      const ad = Buffer.concat([u32(index), Buffer.of(final ? 1 : 0)])
      const mac = crypto.createHmac('sha256', keys.subarray(32)).update(ad).update(plain).digest()
      expect(mac.toString('hex', 0, 12)).toBe(nonce)
      const data = file.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)
      const { chunk, next } = ours.seal(place, data)
      expect(gcmOpen(keys.subarray(0, 32), hex(nonce), ad, chunk.subarray(12)).equals(plain)).toBe(
        true,
      )
      digest = sha256(digest, chunk)
      sealed.push(Buffer.from(chunk))
      place = next
    }
    expect(Buffer.concat(sealed).length).toBe(vector.sealedSize)
    expect(sha256(...sealed).toString('hex')).toBe(vector.sealedSha256)
    expect(digest.toString('hex')).toBe(vector.digest)
  }
})

test('padding: the mark and the bucket', () => {
  const { lengths, examples } = read<Awaits<typeof paddingVectors>>('padding')
  for (const { content, padded } of lengths) {
    const units = Math.ceil((content + 1) / 160)
    const exponent = 31 - Math.clz32(units)
    const shift = units < 2 ? 0 : exponent - (31 - Math.clz32(exponent)) - 1
    const step = 2 ** shift
    expect(padded).toBe(Math.ceil(units / step) * step * 160)
  }
  for (const { content, padded } of examples) {
    expect(`${content}80`).toBe(padded.replace(/(00)+$/, ''))
    expect(Buffer.from(unpad(hex(padded))).toString('hex')).toBe(content)
  }
})

test('vaults: both derivations and the sealing', async () => {
  for (const vector of await read<Awaits<typeof vaultVectors>>('vault')) {
    const secret = Buffer.from(vector.passphrase.normalize('NFC'))
    const salt = hex(vector.salt)
    const { kdf } = vector
    const N = kdf.kind === 'scrypt' ? 2 ** kdf.logN : 0
    const [tag, stretched] =
      kdf.kind === 'scrypt'
        ? [
            Buffer.of(1, kdf.logN),
            crypto.scryptSync(secret, salt, 32, { N, r: 8, p: 1, maxmem: 256 * N * 8 }),
          ]
        : [
            Buffer.concat([Buffer.of(2), u32(kdf.memoryKiB), Buffer.of(kdf.passes, kdf.lanes)]),
            await portableArgon2id(secret, salt, { ...kdf, length: 32 }),
          ]
    const key = hkdf(stretched, salt, Buffer.concat([label('vault key'), tag]), 32)
    expect(key.toString('hex')).toBe(vector.key)
    const sealed = hex(vector.sealed)
    const head = sealed.subarray(0, 9 + tag.length + 16 + 12)
    expect(head.subarray(0, -12)).toEqual(Buffer.concat([hex('736f74746f766c7401'), tag, salt]))
    const body = sealed.subarray(head.length)
    expect(body.readUInt32BE(0)).toBe(body.length - 4)
    const plain = gcmOpen(key, head.subarray(-12), head, body.subarray(4))
    expect(plain.toString('hex')).toBe(vector.plaintext)
    const opened = await openVault(nodePrimitives, vector.passphrase, sealed)
    expect(Buffer.from(opened.plaintext).toString('hex')).toBe(vector.plaintext)
  }
})

test('safety numbers: fingerprints, digits, words and the code', () => {
  const fingerprint = (ref: { readonly account: string; readonly accountKey: string }): Buffer => {
    const identity = Buffer.concat([id(ref.account), hex(ref.accountKey)])
    let hash = sha256(label('safety number'), identity)
    for (let count = 0; count < 5200; count += 1) hash = sha256(hash, identity)
    return hash
  }
  for (const vector of read<Awaits<typeof safetyNumberVectors>>('safety-number')) {
    const [own, peer] = [fingerprint(vector.own), fingerprint(vector.peer)]
    const both = [own, peer].sort(Buffer.compare)
    const groups = both.flatMap((hash) =>
      [0, 5, 10, 15, 20, 25].map((at) => String(hash.readUIntBE(at, 5) % 100_000).padStart(5, '0')),
    )
    expect(groups.join(' ')).toBe(vector.digits)
    const spoken = sha256(label('safety words'), ...both).subarray(0, 12)
    expect([...spoken].map((byte) => SAFETY_WORD_LIST[byte])).toEqual(vector.words)
    const body = Buffer.concat([Buffer.of(1), own, peer]).toString('base64url')
    expect(vector.qr).toBe(`sotto:verify:${body}`)
  }
})

test('recovery keys: base32 and its checksum', () => {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  for (const vector of read<Awaits<typeof recoveryKeyVectors>>('recovery-key')) {
    const body = Buffer.concat([Buffer.of(1), hex(vector.seed)])
    const raw = Buffer.concat([body, sha256(label('recovery key check'), body).subarray(0, 2)])
    let value = BigInt(`0x${raw.toString('hex')}`)
    let text = ''
    for (let count = 0; count < 56; count += 1) {
      text = (alphabet[Number(value % 32n)] ?? '') + text
      value /= 32n
    }
    expect(text.match(/.{4}/g)?.join('-')).toBe(vector.key)
    const decoded = decodeRecoveryKey(nodePrimitives, vector.key)
    expect(decoded.kind === 'seed' && Buffer.from(decoded.seed).toString('hex')).toBe(vector.seed)
  }
})
