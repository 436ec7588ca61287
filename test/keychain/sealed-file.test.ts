import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { sealedFileKeychain } from '../../src/keychain/sealed-file.ts'
import { keychainContract } from './contract.ts'
import { secrets } from './secrets.ts'
import { vaultSealer } from './vault-sealer.ts'

const folder = mkdtempSync(join(tmpdir(), 'sealed-'))
let count = 0
const path = (): string => join(folder, `${count}.sealed`)
const nextPath = (): string => {
  count += 1
  return path()
}
const keychain = (at: string, passphrase = 'correct horse', sealer = vaultSealer()) =>
  sealedFileKeychain({ path: at, sealer, passphrase: async () => passphrase })

afterAll(() => rmSync(folder, { recursive: true }))

keychainContract('the sealed file', {
  fresh: () => keychain(nextPath()),
  again: () => keychain(path()),
})

describe('the sealed file', () => {
  test('is 0600 whatever the umask, and nothing else is left beside it', async () => {
    const before = process.umask(0)
    try {
      const at = nextPath()
      await keychain(at).save(secrets)
      expect(statSync(at).mode & 0o777).toBe(0o600)
      expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
    } finally {
      process.umask(before)
    }
  })

  test('holds no key in the clear', async () => {
    const at = nextPath()
    await keychain(at).save(secrets)
    const raw = readFileSync(at)
    for (const value of [1, 2, 3, 4]) expect(raw.includes(Buffer.alloc(16, value))).toBe(false)
  })

  test('a wrong passphrase is refused, for reading and for overwriting', async () => {
    const at = nextPath()
    await keychain(at).save(secrets)
    const before = readFileSync(at)
    const wrong = expect.objectContaining({ code: 'passphrase_wrong' })
    await expect(keychain(at, 'wrong').load()).rejects.toEqual(wrong)
    await expect(keychain(at, 'wrong').save(secrets)).rejects.toEqual(wrong)
    expect(readFileSync(at)).toEqual(before)
  })

  test('the password hash runs once, however often the generation advances', async () => {
    const at = nextPath()
    await keychain(at).save(secrets)
    const sealer = vaultSealer()
    const opened = keychain(at, 'correct horse', sealer)
    await opened.load()
    for (let generation = 6; generation < 10; generation += 1) {
      await opened.save({ ...secrets, generation })
    }
    expect(sealer.hashes).toBe(1)
    expect((await keychain(at).load())?.generation).toBe(9)
  })

  test('every flipped bit is noticed', async () => {
    const at = nextPath()
    await keychain(at).save(secrets)
    const good = readFileSync(at)
    // The head's cost parameters are the vault's own tests; here: nonce, ciphertext and tag.
    for (let offset = good.length - 150; offset < good.length; offset += 13) {
      const bad = Buffer.from(good)
      bad[offset] = (bad[offset] ?? 0) ^ (1 << (offset % 8))
      writeFileSync(at, bad)
      await expect(keychain(at).load()).rejects.toMatchObject({
        code: expect.stringMatching(/^(passphrase_wrong|keychain_corrupt)$/),
      })
    }
  })

  test('a truncated, empty or foreign file is damage, not absence', async () => {
    const at = nextPath()
    await keychain(at).save(secrets)
    const good = readFileSync(at)
    const corrupt = expect.objectContaining({ code: 'keychain_corrupt' })
    for (const bytes of [good.subarray(0, 40), Buffer.alloc(0), Buffer.from('hello')]) {
      writeFileSync(at, bytes)
      await expect(keychain(at).load()).rejects.toEqual(corrupt)
    }
    writeFileSync(at, Buffer.alloc(20_000))
    await expect(keychain(at).load()).rejects.toMatchObject({ code: 'keychain_failed' })
  })

  test('a file that cannot be written is an error and leaves the old one', async () => {
    const at = join(folder, 'no-such-folder', 'x.sealed')
    await expect(keychain(at).save(secrets)).rejects.toMatchObject({ code: 'keychain_failed' })
    expect(existsSync(at)).toBe(false)
  })
})
