// What a device signs, byte by byte from docs/protocol.md: made here without any of our codecs.

import { expect, test } from 'vitest'
import { parseId } from '../../src/protocol/ids.ts'
import {
  PROOF_LABELS,
  registrationProof,
  requestProof,
  sessionProof,
  streamProof,
} from '../../src/protocol/proof.ts'

const account = parseId<never>('01234567-89ab-4def-8123-456789abcdef')
const device = parseId<never>('fedcba98-7654-4210-bedc-ba9876543210')
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value)
const id = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex')
const u64 = (value: number): Buffer => Buffer.from(value.toString(16).padStart(16, '0'), 'hex')
const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from(bytes.length.toString(16).padStart(8, '0'), 'hex'), bytes])
}
const is = (made: Uint8Array, label: string, ...parts: readonly Uint8Array[]): void => {
  expect(PROOF_LABELS).toContain(label)
  expect(Buffer.from(made).toString('hex')).toBe(
    Buffer.concat([Buffer.from(`${label}\0`), ...parts]).toString('hex'),
  )
}

const server = filled(32, 1)
const nonce = filled(32, 2)
const time = 1_750_000_000_000

test('a stream login names server, moment, device, opening and version', () => {
  const opening = filled(16, 3)
  is(
    streamProof({ server, nonce, time, account, device, generation: 7, opening, version: 0x0102 }),
    'sotto/1 stream login',
    ...[server, nonce, u64(time), id(account), id(device), u64(7), opening],
    Uint8Array.of(1, 2),
  )
})

test('a session login names server, moment and device', () => {
  is(
    sessionProof({ server, nonce, time, account, device }),
    'sotto/1 session login',
    ...[server, nonce, u64(time), id(account), id(device)],
  )
})

test('a request’s proof names all of the request', () => {
  const [once, tokenHash, bodyHash] = [filled(16, 4), filled(32, 5), filled(32, 6)]
  const request = { method: 'POST', target: '/v1/blobs?a=ü', time, nonce: once }
  is(
    requestProof({ ...request, tokenHash, bodyHash }),
    'sotto/1 request proof',
    ...[text('POST'), text('/v1/blobs?a=ü'), u64(time), once, tokenHash, bodyHash],
  )
})

test('a registration binds name, account, device and list to one server', () => {
  const listHash = filled(32, 8)
  is(
    registrationProof({ server, name: 'alice', account, device, time, listHash }),
    'sotto/1 register',
    ...[server, text('alice'), id(account), id(device), u64(time), listHash],
  )
})
