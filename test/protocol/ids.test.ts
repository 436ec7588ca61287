import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, encode } from '../../src/protocol/codec.ts'
import {
  type AccountId,
  accountId,
  type DeviceId,
  idFromBytes,
  idToBytes,
  isUuid,
  type MessageId,
  mailboxOf,
  parseId,
  uuidV4,
  uuidV7,
} from '../../src/protocol/ids.ts'
import { isAccountName, nameSkeleton, parseAccountName } from '../../src/protocol/names.ts'
import { writeUuid } from '../../src/protocol/uuid-bytes.ts'
import { chooseVersion } from '../../src/protocol/version.ts'

const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 })

describe('ids', () => {
  test('of zeros are one too, the first that is read', () => {
    expect(decode(accountId, new Uint8Array(16))).toBe('00000000-0000-0000-0000-000000000000')
  })

  test('that differ in one word, by what finds no place for it, are told apart', () => {
    const alike = 0x5a5a5a5a
    for (const word of [0, 1, 2, 3]) {
      // Only the lowest bits of a word count towards an id's place in the table of known ones.
      for (const [at, value] of [0x1000, 0, 0x2000, 0].entries()) {
        const raw = Buffer.alloc(16)
        for (const each of [0, 1, 2, 3]) raw.writeUInt32BE(each === word ? value : alike, each * 4)
        expect(decode(accountId, raw), `${word} ${at}`).toBe(idFromBytes(raw))
      }
    }
  })

  test('are written where they are meant to be, and nowhere else', () => {
    const bytes = Buffer.alloc(18, 7)
    writeUuid(bytes, 1, uuidV4(new Uint8Array(16).fill(0xff)))
    expect(bytes.toString('hex')).toBe('07ffffffffffff4fffbfffffffffffffff07')
  })

  test('have one text and one byte form', () => {
    fc.assert(
      fc.property(sixteen, (raw) => {
        const id = idFromBytes<AccountId>(raw)
        expect(idToBytes(id)).toEqual(raw)
        expect(encode(accountId, id)).toEqual(raw)
        expect(parseId(id)).toBe(id)
      }),
    )
  })

  test('are read as what they are, however alike to one that was read before', () => {
    // Any two of its bits turned in places that have the same weight: what a table of few ids
    // could take for the same.
    fc.assert(
      fc.property(sixteen, fc.nat(31), fc.nat(3), fc.nat(3), (raw, bit, one, other) => {
        const alike = raw.slice()
        for (const word of [one, other]) {
          const at = word * 4 + (bit >> 3)
          alike[at] = (alike[at] ?? 0) ^ (1 << (bit & 7))
        }
        for (const bytes of [raw, alike, raw, alike]) {
          expect(decode(accountId, bytes)).toBe(idFromBytes(bytes))
        }
      }),
    )
  })

  test('are refused in any other spelling', () => {
    const id = uuidV4<AccountId>(new Uint8Array(16))
    const long = id.replaceAll('-', '0-')
    for (const wrong of [
      ...['', id.toUpperCase().replace('8', 'A'), `${id} `, ` ${id}`, `0${id}`, `${id}0`],
      ...[id.replaceAll('-', ''), long, id.slice(1), id.replace('0', 'g')],
    ]) {
      expect(() => parseId(wrong)).toThrow('not a UUID')
      expect(isUuid(wrong)).toBe(false)
    }
    expect(isUuid(id)).toBe(true)
  })

  test('version 7 sorts by time and carries its version and variant', () => {
    const random = new Uint8Array(16).fill(0xff)
    const early = uuidV7<MessageId>(1_700_000_000_000, random)
    const late = uuidV7<MessageId>(1_700_000_000_001, new Uint8Array(16))
    expect(early < late).toBe(true)
    expect(early).toMatch(/^018bcfe5-6800-7fff-bfff-ffffffffffff$/)
  })

  test('are made of 16 bytes, and version 4 stamps only its version and variant', () => {
    expect(uuidV4(new Uint8Array(16).fill(0xff))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
    expect(uuidV4(new Uint8Array(16))).toBe('00000000-0000-4000-8000-000000000000')
    for (const length of [0, 15, 17]) {
      const raw = new Uint8Array(length)
      const refused = { code: 'malformed', blame: 'remote' }
      expect(() => idFromBytes(raw)).toThrow(expect.objectContaining(refused))
      expect(() => uuidV4(raw)).toThrow(expect.objectContaining(refused))
    }
    const random = new Uint8Array(16).fill(9)
    uuidV4(random)
    uuidV7(5, random)
    expect([...random]).toEqual(Array.from({ length: 16 }, () => 9))
  })

  test("a mailbox has its device's id", () => {
    const device = uuidV4<DeviceId>(new Uint8Array(16))
    expect(mailboxOf(device)).toBe(device)
  })

  test('one kind of id cannot stand for another', () => {
    const account = uuidV4<AccountId>(new Uint8Array(16))
    // @ts-expect-error: an account is not a device
    expect(mailboxOf(account)).toBe(account)
  })
})

describe('names', () => {
  test.each(['alice', 'a1', '0x', 'a.b-c_d', 'a'.repeat(32)])('%s is a name', (name) => {
    expect(isAccountName(name)).toBe(true)
  })

  test.each([
    '',
    'a',
    'Alice',
    '.ab',
    '-ab',
    'a b',
    'ä1',
    'аlice',
    'a'.repeat(33),
    'me',
    'root',
    'r00t',
    'adm1n',
    's.y-stem',
    'admin',
    'administrator',
    'system',
    's0tto',
    'server',
    'a\n',
    '\na1',
    'a!',
    'a\u0000b',
  ])('%j is none', (name) => {
    expect(isAccountName(name)).toBe(false)
  })

  test('what is none is refused as somebody else’s fault', () => {
    expect(() => parseAccountName('root')).toThrow(
      expect.objectContaining({ code: 'malformed', blame: 'remote' }),
    )
  })

  test('names that read alike have one skeleton', () => {
    const skeleton = (name: string): string => nameSkeleton(parseAccountName(name))
    expect(skeleton('al1ce')).toBe(skeleton('alice'))
    expect(skeleton('rnike')).toBe(skeleton('mike'))
    expect(skeleton('b0b')).toBe(skeleton('bob'))
    expect(skeleton('a.lice')).toBe(skeleton('alice'))
    expect(skeleton('alice')).not.toBe(skeleton('bob'))
    const folded = ['_a-b.c', '1i|', '00', '55', 'rnrn', 'vvvv', 'clcl', 'c1', 'r.n']
    expect(folded.map(nameSkeleton)).toEqual(['abc', 'lll', 'oo', 'ss', 'mm', 'ww', 'dd', 'd', 'm'])
  })
})

describe('versions', () => {
  test('the highest common one is taken', () => {
    expect(chooseVersion([1, 2, 3], [1, 2])).toBe(2)
    expect(chooseVersion([2, 1], [1, 2])).toBe(2)
    expect(chooseVersion([1, 7])).toBe(1)
    expect(() => chooseVersion([9], [1])).toThrow(
      expect.objectContaining({ code: 'no_common_version', blame: 'remote' }),
    )
    expect(() => chooseVersion([], [1])).toThrow('no_common_version')
  })
})
