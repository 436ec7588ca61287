// Generators of every value that crosses the wire; of frames one each.

import fc from 'fast-check'
import type { SignedDeviceList } from '../../src/protocol/device-list.ts'
import type { Envelope } from '../../src/protocol/envelope.ts'
import type { ClientFrame, ServerFrame } from '../../src/protocol/frames.ts'
import { idFromBytes } from '../../src/protocol/ids.ts'

const size = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
// biome-ignore lint/suspicious/noExplicitAny: an id of whichever kind the place wants
const id = (): fc.Arbitrary<any> => size(16).map((raw) => idFromBytes(raw))
const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const u64 = fc.maxSafeNat()
const body = fc.uint8Array({ maxLength: 300 })
const optional = <T>(inner: fc.Arbitrary<T>) => fc.option(inner, { nil: undefined })

const ping = { nonce: u32 }
const bye = {
  code: fc.constantFrom('done', 'draining', 'replaced', 'rolled_back', 'overloaded'),
  retryAfter: u32,
}
const kind = <K extends string>(name: K) => ({ kind: fc.constant(name) })
const state = fc.constantFrom('offline', 'online', 'away', 'busy')

export const clientFrames = [
  fc.record({
    ...kind('hello'),
    versions: fc.array(u16, { maxLength: 16 }),
    account: id(),
    device: id(),
    generation: u64,
    opening: size(16),
    time: u64,
    proof: size(64),
  }),
  fc.record({
    ...kind('append'),
    request: u32,
    lists: fc.array(fc.record({ account: id(), version: u32 }), { maxLength: 4 }),
    items: fc.array(fc.record({ log: id(), clientId: id(), body, expectedEpoch: optional(u64) }), {
      maxLength: 4,
    }),
  }),
  fc.record({ ...kind('ack'), log: id(), upTo: u64 }),
  fc.record({ ...kind('read'), log: id(), after: u64 }),
  fc.record({ ...kind('signal'), to: id(), device: optional(id()), body }),
  fc.record({ ...kind('presence'), state }),
  fc.record({ ...kind('ping'), ...ping }),
  fc.record({ ...kind('pong'), ...ping }),
  fc.record({ ...kind('bye'), ...bye }),
] as readonly fc.Arbitrary<ClientFrame>[]
export const clientFrame = fc.oneof(...clientFrames)

export const serverFrames = [
  fc.record({
    ...kind('challenge'),
    versions: fc.array(u16, { maxLength: 16 }),
    server: size(32),
    nonce: size(32),
    time: u64,
  }),
  fc.record({
    ...kind('welcome'),
    version: u16,
    time: u64,
    cursor: u64,
    head: u64,
    curvePrekeys: u16,
    kemPrekeys: u16,
    restored: u32,
  }),
  fc.record({
    ...kind('appended'),
    request: u32,
    results: fc.array(fc.record({ log: id(), seq: u64, at: u64 }), { maxLength: 4 }),
  }),
  fc.record({
    ...kind('refused'),
    request: u32,
    reason: fc.constantFrom('not_allowed', 'stale_devices', 'quota', 'unavailable'),
    retryAfter: u32,
    accounts: fc.array(id(), { maxLength: 4 }),
  }),
  fc.record({
    ...kind('entries'),
    log: id(),
    entries: fc.array(
      fc.record({ seq: u64, account: id(), device: id(), clientId: id(), at: u64, body }),
      { maxLength: 4 },
    ),
  }),
  fc.record({ ...kind('signalled'), account: id(), device: id(), body }),
  fc.record({ ...kind('presented'), account: id(), state }),
  fc.record({
    ...kind('notice'),
    about: fc.constantFrom('prekeys_low', 'devices_changed', 'gap'),
    account: id(),
    upTo: u64,
    curvePrekeys: u16,
    kemPrekeys: u16,
  }),
  fc.record({ ...kind('ping'), ...ping }),
  fc.record({ ...kind('pong'), ...ping }),
  fc.record({ ...kind('bye'), ...bye }),
] as readonly fc.Arbitrary<ServerFrame>[]
export const serverFrame = fc.oneof(...serverFrames)

const header = fc.record({ ratchetKey: size(32), previous: u32, index: u32 })
export const envelope = fc.oneof(
  fc.record({ ...kind('ratchet'), suite: fc.constant(1), header, sealed: body }),
  fc.record({
    ...kind('first'),
    suite: fc.constant(1),
    handshake: fc.record({
      identityKey: size(32),
      ephemeralKey: size(32),
      startedAt: u64,
      signedPrekeyId: u32,
      oneTimePrekeyId: optional(u32),
      kemKind: fc.constantFrom('kem-one-time', 'kem-last-resort'),
      kemPrekeyId: u32,
      kemCiphertext: size(1568),
    }),
    header,
    sealed: body,
  }),
) as fc.Arbitrary<Envelope>

export const signedList = fc.record({
  body: fc.uint8Array({ maxLength: 2048 }),
  signature: size(64),
}) as fc.Arbitrary<SignedDeviceList>

export const deviceListBody = fc.record({
  account: id(),
  version: u32,
  previous: size(32),
  issuedAt: u64,
  devices: fc.array(
    fc.record({ device: id(), signingKey: size(32), agreementKey: size(32), addedAt: u64 }),
    { maxLength: 16 },
  ),
})
