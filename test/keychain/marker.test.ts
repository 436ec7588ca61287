import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  agreedKind,
  entryName,
  identityState,
  type Marker,
  readMarker,
  removeMarker,
  writeMarker,
} from '../../src/keychain/marker.ts'
import { type Keychain, KeychainError } from '../../src/keychain/port.ts'
import { secrets } from './secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'marker-'))
const path = join(folder, 'identity.json')
const marker: Marker = { keychain: 'os', entry: 'default-00ff', createdAt: 1_700_000_000_000 }
afterAll(() => rmSync(folder, { recursive: true }))

const holding = (load: Keychain['load']) => (): Keychain => ({
  kind: 'os',
  load,
  save: async () => undefined,
  remove: async () => undefined,
})

describe('the marker', () => {
  test('is written whole, 0600 whatever the umask, and read back', async () => {
    const before = process.umask(0)
    try {
      expect(await readMarker(path)).toBeUndefined()
      await writeMarker(path, marker)
      expect(await readMarker(path)).toEqual(marker)
      expect(statSync(path).mode & 0o777).toBe(0o600)
      await removeMarker(path)
      expect(await readMarker(path)).toBeUndefined()
    } finally {
      process.umask(before)
    }
  })

  test('damage is an error, never "no identity"', async () => {
    await writeMarker(path, marker)
    const good = readFileSync(path, 'utf8')
    const bad = [
      '',
      '{',
      'null',
      '[]',
      good.replace('"os"', '"kernel"'),
      good.replace('"format": 1', '"format": 2'),
      good.replace(/"entry": "[^"]*"/, '"entry": ""'),
      good.replace('1700000000000', '"then"'),
      'x'.repeat(5000),
    ]
    for (const text of bad) {
      writeFileSync(path, text)
      await expect(readMarker(path)).rejects.toMatchObject({ code: 'keychain_corrupt' })
    }
    rmSync(path)
    symlinkSync('/etc/passwd', path)
    await expect(readMarker(path)).rejects.toBeInstanceOf(KeychainError)
    rmSync(path)
  })

  test('says which of three states a profile is in', async () => {
    const present = holding(async () => secrets)
    const empty = holding(async () => undefined)
    expect(await identityState(undefined, present)).toEqual({ kind: 'none' })
    expect(await identityState(marker, present)).toEqual({ kind: 'present', marker, secrets })
    expect(await identityState(marker, empty)).toEqual({ kind: 'lost', marker })
    const locked = holding(async () => {
      throw new KeychainError('keychain_locked', 'x')
    })
    await expect(identityState(marker, locked)).rejects.toMatchObject({ code: 'keychain_locked' })
  })

  test('another kind than the one chosen is answered, not obeyed', () => {
    expect(agreedKind(undefined, undefined)).toEqual({ kind: 'agreed', keychain: 'os' })
    expect(agreedKind(undefined, 'file')).toEqual({ kind: 'agreed', keychain: 'file' })
    expect(agreedKind(marker, undefined)).toEqual({ kind: 'agreed', keychain: 'os' })
    expect(agreedKind(marker, 'os')).toEqual({ kind: 'agreed', keychain: 'os' })
    expect(agreedKind(marker, 'file')).toEqual({ kind: 'differs', chosen: 'os' })
  })

  test('entries of two identities differ', () => {
    expect(entryName('work', Uint8Array.of(1, 255))).toBe('work-01ff')
  })
})
