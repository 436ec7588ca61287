import { expect, test } from 'vitest'
import { authorityOf, parseServerAddress } from '../../src/client/server-address.ts'

test.each([
  ['https://chat.example.org', 'chat.example.org'],
  ['https://chat.example.org:443', 'chat.example.org'],
  ['https://chat.example.org:8443', 'chat.example.org:8443'],
  ['https://[2001:db8::1]', '[2001:db8::1]'],
  ['http://127.0.0.1:7700', '127.0.0.1:7700'],
  ['http://localhost:80', 'localhost'],
  ['http://[::1]:7700', '[::1]:7700'],
])('%s is asked as %s', (address, host) => {
  expect(authorityOf(parseServerAddress(address))).toBe(host)
})
