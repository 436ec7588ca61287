// What a server may show of an account's devices, and what is refused of it (A1).

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type DeviceListErrorCode,
  headOf,
  signDeviceList,
  verifyChain,
} from '../../src/crypto/device-list.ts'
import { DEVICE_LIST } from '../../src/crypto/labels.ts'
import { concat, toHex, utf8 } from '../../src/protocol/bytes.ts'
import { decode, encode } from '../../src/protocol/codec.ts'
import {
  type DeviceListBody,
  type DeviceListHead,
  deviceListBody,
  type SignedDeviceList,
} from '../../src/protocol/device-list.ts'
import type { AccountId } from '../../src/protocol/ids.ts'
import { runs } from '../helpers/deep.ts'
import { makeAccount, makeDevice, recordOf } from '../helpers/identity.ts'
import { codeOf, PROVIDERS } from '../helpers/providers.ts'
import { seededEnv } from '../helpers/session-device.ts'

describe.each(PROVIDERS)('with $name', (primitives) => {
  const env = seededEnv(primitives, 'device lists')
  const ann = makeAccount(env)
  const mallory = makeAccount(env)
  const devices = [1, 2, 3, 4].map((at) => recordOf(makeDevice(env, ann.ref), at))
  const ghost = recordOf(makeDevice(env, mallory.ref), 9)

  /** A chain whose n-th list has the first n devices. */
  const chain: SignedDeviceList[] = []
  for (const [index] of devices.entries()) {
    const last = chain.at(-1)
    chain.push(
      signDeviceList(primitives, ann.identity, {
        previous: last === undefined ? undefined : headOf(primitives, last),
        issuedAt: env.now(),
        devices: devices.slice(0, index + 1),
      }),
    )
  }
  const at = (version: number): SignedDeviceList => {
    const list = chain[version - 1]
    if (list === undefined) throw new Error('no such list')
    return list
  }
  const head = (version: number): DeviceListHead => headOf(primitives, at(version))

  /** Signed by the account's key, whatever it says: what only a broken account could make. */
  const signed = (change: Partial<DeviceListBody>, from = at(2)): SignedDeviceList => {
    const body = encode(deviceListBody, { ...decode(deviceListBody, from.body), ...change })
    return rawSigned(body)
  }
  const rawSigned = (body: Uint8Array): SignedDeviceList => ({
    body,
    signature: primitives.ed25519Sign(ann.identity.keys.privateKey, concat(DEVICE_LIST, body)),
  })

  const verify = (known: DeviceListHead | undefined, ...lists: readonly SignedDeviceList[]) =>
    verifyChain(primitives, ann.ref, known, lists)
  const refused = (
    code: DeviceListErrorCode,
    known: DeviceListHead | undefined,
    ...lists: readonly SignedDeviceList[]
  ) => expect(codeOf(() => verify(known, ...lists))).toBe(code)

  test('a whole chain gives the newest list and its devices as peers', () => {
    const newest = verify(undefined, ...chain)
    expect(newest.list).toBe(at(4))
    expect(newest.head).toEqual(head(4))
    expect(newest.devices).toEqual(
      devices.map(({ device, signingKey, agreementKey }) => ({
        ...ann.ref,
        device,
        signingKey,
        agreementKey,
      })),
    )
  })

  test('what is known may be overlapped, met again, or gone on from', () => {
    for (const lists of [chain, chain.slice(1), chain.slice(2), chain.slice(3)]) {
      for (const known of [head(3), head(4)]) {
        expect(verify(known, ...lists).head.version).toBe(4)
      }
    }
  })

  test('a list with a ghost device that the account did not sign is refused', () => {
    const body = encode(deviceListBody, {
      ...decode(deviceListBody, at(2).body),
      devices: [...devices.slice(0, 2), ghost],
    })
    refused('bad_signature', undefined, at(1), { body, signature: at(2).signature })
    refused('bad_signature', undefined, at(1), { body, signature: new Uint8Array(64) })
    const foreign = signDeviceList(primitives, mallory.identity, {
      previous: head(1),
      issuedAt: 1,
      devices: [ghost],
    })
    refused('bad_signature', head(1), foreign)
  })

  test('a signature over the same bytes under another label is refused', () => {
    const { body } = at(1)
    for (const label of [utf8(''), utf8('sotto/1 device list'), utf8('sotto/1 register\0')]) {
      const signature = primitives.ed25519Sign(ann.identity.keys.privateKey, concat(label, body))
      refused('bad_signature', undefined, { body, signature })
    }
  })

  test('an older list than the known one is a rollback', () => {
    refused('rollback', head(4), at(3))
    refused('rollback', head(4), at(1), at(2))
  })

  test('another list at a known place is a fork', () => {
    const other = signed({ issuedAt: 77 })
    refused('fork', head(2), other)
    refused('fork', head(2), at(1), other)
    // It goes on, but from another one than we know.
    const next = signDeviceList(primitives, ann.identity, {
      previous: headOf(primitives, other),
      issuedAt: 78,
      devices: devices.slice(0, 3),
    })
    refused('fork', head(2), next)
    refused('fork', head(2), at(1), other, next)
    refused('fork', undefined, at(1), at(2), next)
  })

  test('two viewers who were shown two lists know it from their heads', () => {
    const other = headOf(primitives, signed({ issuedAt: 77 }))
    expect(other.version).toBe(head(2).version)
    expect(toHex(other.hash)).not.toBe(toHex(head(2).hash))
  })

  test('a chain that leaves out, repeats or reorders a list is refused', () => {
    refused('gap', undefined, at(1), at(3))
    refused('gap', head(1), at(3), at(4))
    refused('gap', undefined, at(2), at(3))
    refused('gap', undefined)
    refused('gap', head(2))
    refused('rollback', undefined, at(1), at(2), at(2))
    refused('rollback', undefined, at(1), at(2), at(1), at(2))
    refused('rollback', head(4), at(4), at(3))
  })

  test('a first list follows nothing, and there is no version 0', () => {
    refused('fork', undefined, signed({ previous: new Uint8Array(32).fill(1) }, at(1)))
    refused('fork', head(3), signed({ previous: new Uint8Array(32).fill(1) }, at(1)))
    refused('malformed', undefined, signed({ version: 0 }, at(1)))
  })

  test('a list of another account id is refused under the right key', () => {
    refused('wrong_account', undefined, signed({ account: mallory.ref.account }, at(1)))
    const renamed = { ...ann.ref, account: mallory.ref.account }
    expect(codeOf(() => verifyChain(primitives, renamed, undefined, [at(1)]))).toBe('wrong_account')
  })

  test('empty lists, twins and keys of two purposes are refused, and not signed either', () => {
    const [one, two] = devices
    if (one === undefined || two === undefined) throw new Error('two devices')
    const bad = [
      ['no_devices', []],
      ['duplicate_device', [one, one]],
      ['duplicate_device', [one, { ...two, device: one.device }]],
      ['duplicate_device', [one, { ...two, signingKey: one.signingKey }]],
      ['duplicate_device', [one, { ...two, agreementKey: one.agreementKey }]],
      ['duplicate_device', [one, { ...two, agreementKey: one.signingKey }]],
      ['duplicate_device', [{ ...one, signingKey: ann.ref.accountKey }]],
      ['duplicate_device', [{ ...one, agreementKey: one.signingKey }]],
    ] as const
    for (const [code, list] of bad) {
      refused(code, undefined, signed({ devices: list }, at(1)))
      const next = { previous: undefined, issuedAt: 1, devices: list }
      expect(codeOf(() => signDeviceList(primitives, ann.identity, next))).toBe(code)
    }
  })

  test('signed bytes that are no list are refused by name', () => {
    refused('malformed', undefined, rawSigned(new Uint8Array(0)))
    refused('malformed', undefined, rawSigned(concat(at(1).body, Uint8Array.of(0))))
    refused('malformed', undefined, rawSigned(at(1).body.subarray(1)))
  })

  test('no bit of a list can be changed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), (bit, inBody) => {
        const list = at(1)
        const field = Uint8Array.from(inBody ? list.body : list.signature)
        const place = bit % (field.length * 8)
        field[place >> 3] = (field[place >> 3] ?? 0) ^ (1 << (place & 7))
        refused(
          'bad_signature',
          undefined,
          inBody ? { ...list, body: field } : { ...list, signature: field },
        )
      }),
      { numRuns: runs(40) },
    )
  })

  test('ids and keys cannot stand in for each other', () => {
    // @ts-expect-error a device id is no account id (A3)
    const confused: AccountId = devices[0]?.device
    // @ts-expect-error a device's keys are not the account's identity (A4)
    const run = () => signDeviceList(primitives, makeDevice(env, ann.ref), {})
    expect(typeof confused).toBe('string')
    expect(ann.identity.kind).toBe('account')
    expect(run).toThrow()
  })
})
