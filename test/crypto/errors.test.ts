// Each error of the pure core says in its own words what it is: its name, its code, its blame.

import { expect, test } from 'vitest'
import { DeviceListError } from '../../src/crypto/device-list.ts'
import { CryptoError } from '../../src/crypto/primitives.ts'
import { SessionError } from '../../src/crypto/session.ts'
import { malformed, ProtocolError } from '../../src/protocol/errors.ts'

test.each([
  [new CryptoError('bad_key', 'length'), 'CryptoError: bad_key: length'],
  [new SessionError('no_session', 'none'), 'SessionError: no_session: none'],
  [new DeviceListError('fork', 'at 2'), 'DeviceListError: fork: at 2'],
  [new ProtocolError('trailing', 'remote', '1 byte'), 'ProtocolError: trailing: 1 byte'],
])('%s', (error, said) => {
  expect(String(error)).toBe(said)
  expect(said).toContain(error.code)
})

test('what a decoder refuses is the other end’s doing', () => {
  expect(malformed('x')).toMatchObject({ code: 'malformed', blame: 'remote' })
})
