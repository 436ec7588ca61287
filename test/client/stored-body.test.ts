// What lies on the disk was written by us: if it cannot be read, nobody else is blamed.

import { expect, test } from 'vitest'
import { toClientError } from '../../src/client/errors.ts'
import { storedBody } from '../../src/client/json.ts'
import { encodeBody } from '../../src/engine/content/kinds.ts'
import { messageRow } from '../store/rows.ts'

test('a stored message is read again', () => {
  const said = { kind: 'text', text: 'good morning', mentions: [] } as const
  expect(storedBody({ ...messageRow, payload: encodeBody(said) })).toEqual(said)
})

test('one that cannot be read is damage to the profile, not a word of the server', () => {
  const read = () => storedBody({ ...messageRow, payload: new Uint8Array(3).fill(255) })
  expect(read).toThrow()
  try {
    read()
  } catch (error) {
    expect(toClientError(error)).toMatchObject({ code: 'storage' })
  }
})
