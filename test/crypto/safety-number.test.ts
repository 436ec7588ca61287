// Two people see the same number exactly when each knows the other's own key and id (A3, A7).

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { compareQr, safetyNumber, sameDigits } from '../../src/crypto/safety-number.ts'
import { SAFETY_WORD_LIST } from '../../src/crypto/safety-words.ts'
import { runs } from '../helpers/deep.ts'
import { makeAccount } from '../helpers/identity.ts'
import { PROVIDERS } from '../helpers/providers.ts'
import { seededEnv } from '../helpers/session-device.ts'

const env = seededEnv(nodePrimitives, 'safety numbers')
const ann = makeAccount(env).ref
const ben = makeAccount(env).ref
const eve = makeAccount(env).ref

/** Ben as a server would show him with somebody else's key, or under another id. */
const FALSE_BENS = [{ ...ben, accountKey: eve.accountKey }, { ...ben, account: eve.account }, eve]

describe.each(PROVIDERS)('with $name', (primitives) => {
  const ours = safetyNumber(primitives, ann, ben)
  const theirs = safetyNumber(primitives, ben, ann)

  test('both sides see the same digits and words', () => {
    expect(theirs.digits).toBe(ours.digits)
    expect(theirs.words).toEqual(ours.words)
    expect(ours.digits).toMatch(/^(\d{5} ){11}\d{5}$/)
    expect(ours.words).toHaveLength(12)
  })

  test('every false key, id or both gives other digits, other words and no matching code', () => {
    for (const wrong of FALSE_BENS) {
      const shown = safetyNumber(primitives, ann, wrong)
      expect(shown.digits).not.toBe(ours.digits)
      expect(shown.words).not.toEqual(ours.words)
      expect(compareQr(primitives, ann, wrong, theirs.qr)).toBe('peer_differs')
      expect(compareQr(primitives, wrong, ann, ours.qr)).toBe('own_differs')
    }
  })

  test('each scans the other’s code, and nobody one’s own or a stranger’s', () => {
    expect(compareQr(primitives, ann, ben, theirs.qr)).toBe('match')
    expect(compareQr(primitives, ben, ann, ours.qr)).toBe('match')
    expect(compareQr(primitives, ann, ben, ours.qr)).toBe('peer_differs')
    const strange = safetyNumber(primitives, eve, ann).qr
    expect(compareQr(primitives, ann, ben, strange)).toBe('peer_differs')
  })
})

test('half of the digits is each one’s own: a changed key leaves the other half', () => {
  const groups = (digits: string) => digits.split(' ')
  const before = groups(safetyNumber(nodePrimitives, ann, ben).digits)
  const after = groups(safetyNumber(nodePrimitives, ann, eve).digits)
  const halves = [before.slice(0, 6), before.slice(6)].map((half) => half.join(' '))
  expect(halves.filter((half) => after.join(' ').includes(half))).toHaveLength(1)
})

describe('typed digits', () => {
  const number = safetyNumber(nodePrimitives, ann, ben)

  test('may be spaced, broken into lines or dashed in any way', () => {
    const bare = number.digits.replaceAll(' ', '')
    for (const typed of [number.digits, bare, bare.replace(/(.{4})/g, '$1-'), `\n${bare}\t`]) {
      expect(sameDigits(number, typed)).toBe(true)
    }
  })

  test('must be all of them and these', () => {
    const bare = number.digits.replaceAll(' ', '')
    const other = `${bare.slice(0, -1)}${(Number(bare.at(-1)) + 1) % 10}`
    for (const typed of ['', bare.slice(0, 30), `${bare}0`, other, `x${bare}`]) {
      expect(sameDigits(number, typed)).toBe(false)
    }
  })
})

describe('a scanned code', () => {
  const { qr } = safetyNumber(nodePrimitives, ben, ann)

  test('is unreadable when it is none of ours, of another version, or cut', () => {
    const raw = Buffer.from(qr.slice('sotto:verify:'.length), 'base64url')
    raw[0] = 2
    const bad = [
      '',
      'https://example.org',
      'sotto:verify:',
      qr.replace('verify', 'revise'),
      `sotto:verify:${raw.toString('base64url')}`,
      `${qr}=`,
      `${qr}AA`,
      qr.slice(0, -2),
      qr.toUpperCase(),
    ]
    for (const scanned of bad) {
      expect(compareQr(nodePrimitives, ann, ben, scanned)).toBe('unreadable')
    }
  })

  test('never matches when one character is another', () => {
    fc.assert(
      fc.property(fc.nat(qr.length - 1), fc.constantFrom(...'ABab01-_'), (at, character) => {
        const changed = qr.slice(0, at) + character + qr.slice(at + 1)
        const result = compareQr(nodePrimitives, ann, ben, changed)
        expect(result === 'match').toBe(changed === qr)
      }),
      { numRuns: runs(40) },
    )
  })
})

test('the words are 256, in order, and differ in their first three letters', () => {
  expect(SAFETY_WORD_LIST).toHaveLength(256)
  expect([...SAFETY_WORD_LIST].sort()).toEqual(SAFETY_WORD_LIST)
  expect(new Set(SAFETY_WORD_LIST.map((word) => word.slice(0, 3))).size).toBe(256)
  for (const word of SAFETY_WORD_LIST) expect(word).toMatch(/^[a-z]{3,8}$/)
})
