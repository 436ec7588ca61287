import { format, inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { equalSecret, Secret, wipe } from '../../src/crypto/secret.ts'

describe('equalSecret', () => {
  test('is true for the same bytes only', () => {
    const tag = Uint8Array.from({ length: 16 }, (_, index) => index)
    expect(equalSecret(tag, tag.slice())).toBe(true)
    for (let at = 0; at < tag.length; at += 1) {
      const other = tag.slice()
      other[at] = (other[at] ?? 0) ^ 0x80
      expect(equalSecret(tag, other)).toBe(false)
    }
  })

  test('never takes a shortened tag (A10)', () => {
    const tag = new Uint8Array(16).fill(5)
    for (let length = 0; length < 16; length += 1) {
      expect(equalSecret(tag, tag.subarray(0, length))).toBe(false)
      expect(equalSecret(tag.subarray(0, length), tag)).toBe(false)
    }
  })
})

test('wipe overwrites all that it is given', () => {
  const secrets = [new Uint8Array(4).fill(1), new Uint8Array(9).fill(2)]
  wipe(...secrets)
  expect(secrets.flatMap((secret) => [...secret]).every((byte) => byte === 0)).toBe(true)
})

describe('a Secret', () => {
  const bytes = Uint8Array.from([222, 173, 190, 239])
  const secret = new Secret(bytes)

  test('shows its bytes in no form of printing', () => {
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true, getters: true }),
      inspect(secret, { customInspect: false, showHidden: true }),
      format('%s %o %j %O', secret, secret, secret, secret),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify({ ...secret }),
    ].join(' ')
    for (const form of ['222', 'de ad', 'dead', 'DEAD', '3q2+7w', '3q2-7w', '190']) {
      expect(shown).not.toContain(form)
    }
  })

  test('says that it is one', () => {
    expect(String(secret)).toBe('[secret]')
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}')
    expect(inspect({ secret })).toBe('{ secret: [secret] }')
  })

  test('gives its bytes to who asks by name, until it is wiped', () => {
    expect(secret.expose()).toBe(bytes)
    secret.wipe()
    expect([...bytes]).toEqual([0, 0, 0, 0])
  })
})
