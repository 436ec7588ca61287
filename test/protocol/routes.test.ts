// The HTTP table as its document has it: each route, who may call it, and what it takes and gives.
// A sample of each shape is taken; without any one of its keys, with one more, or with a value at
// the wrong side of a bound it is not.

import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { toBase64Url } from '../../src/protocol/bytes.ts'
import { errorShape, PROOF_HEADER, type RouteName, routes } from '../../src/protocol/http.ts'

const TABLE: Readonly<Record<RouteName, string>> = {
  server: 'public GET /v1/server',
  register: 'public POST /v1/register',
  nonce: 'public POST /v1/session/nonce',
  session: 'public POST /v1/session',
  lookup: 'device GET /v1/names/:name',
  account: 'device GET /v1/accounts/:account',
  deleteAccount: 'device DELETE /v1/account',
  devices: 'device GET /v1/accounts/:account/devices',
  publishDevices: 'device POST /v1/account/devices',
  uploadPrekeys: 'device POST /v1/account/prekeys',
  claimPrekeys: 'device POST /v1/accounts/:account/prekeys',
  createBlob: 'device POST /v1/blobs',
  blobStatus: 'device GET /v1/blobs/:blob/status',
  writeBlob: 'device PUT /v1/blobs/:blob',
  readBlob: 'device GET /v1/blobs/:blob',
  deleteBlob: 'device DELETE /v1/blobs/:blob',
}

const ID = '01234567-89ab-4def-8123-456789abcdef'
const binary = (length: number): string => toBase64Url(new Uint8Array(length).fill(0x5a))
const list = { body: binary(300), signature: binary(64) }
const prekey = (bytes: number) => ({
  id: 1,
  key: binary(bytes),
  createdAt: 2,
  signature: binary(64),
})
const curve = prekey(32)
const kem = prekey(1568)
const upload = { curveOneTime: [curve], kemOneTime: [kem] }
const fullUpload = { ...upload, curveSigned: curve, kemLastResort: kem, replace: true }
const person = { account: ID, name: 'alice', identityKey: binary(32) }
const part = { size: 10, received: 5, complete: false }
const oneBundle = { device: ID, curveSigned: curve, kem, kemKind: 'kem-one-time' }
const none = {}

/** A request and a response of each route, with every key. */
const SAMPLES: Readonly<Record<RouteName, readonly [unknown, unknown]>> = {
  server: [
    none,
    {
      key: binary(32),
      time: 1,
      versions: [1],
      registration: ['invite', 'open', 'email', 'oidc'],
      limits: { blobBytes: 1, retentionMs: 1 },
    },
  ],
  register: [
    {
      ...person,
      list,
      device: ID,
      prekeys: fullUpload,
      time: 1,
      proof: binary(64),
      invite: 'abc',
    },
    { account: ID, operator: true },
  ],
  nonce: [none, { nonce: binary(32), time: 1 }],
  session: [
    { account: ID, device: ID, nonce: binary(32), time: 1, proof: binary(64) },
    { token: 'v4.public.x', expiresAt: 1 },
  ],
  lookup: [none, person],
  account: [none, person],
  deleteAccount: [none, none],
  devices: [none, { lists: [list] }],
  publishDevices: [{ list }, none],
  uploadPrekeys: [fullUpload, { curve: 1, kem: 1 }],
  claimPrekeys: [{ devices: [ID] }, { bundles: [{ ...oneBundle, curveOneTime: curve }] }],
  createBlob: [{ size: 1 }, { blob: ID, expiresAt: 1 }],
  blobStatus: [none, part],
  writeBlob: ['bytes', part],
  readBlob: [none, 'bytes'],
  deleteBlob: [none, none],
}
const OPTIONAL = ['invite', 'replace', 'curveSigned', 'kemLastResort', 'curveOneTime']

type Schema = z.ZodMiniType | 'bytes'
const takes = (schema: Schema, value: unknown): boolean =>
  schema === 'bytes' ? value === 'bytes' : z.safeParse(schema, value).success

/** The shape where it stands, its keys and those of the objects inside, each changed in turn. */
function* variants(
  value: unknown,
): Generator<{ readonly what: string; readonly changed: unknown }> {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const inner of variants(value[0])) yield { ...inner, changed: [inner.changed] }
    yield { what: 'no list', changed: value[0] }
    return
  }
  yield { what: 'one key more', changed: { ...value, more: 1 } }
  yield { what: 'nothing', changed: null }
  for (const [key, held] of Object.entries(value)) {
    const { [key]: _, ...without } = value as Record<string, unknown>
    yield { what: `without ${key}`, changed: without }
    yield { what: `${key} of another kind`, changed: { ...value, [key]: [null] } }
    for (const { what, changed } of variants(held)) {
      yield { what: `${key}: ${what}`, changed: { ...value, [key]: changed } }
    }
  }
}

const mayLack = (what: string): boolean =>
  OPTIONAL.some((key) => what.endsWith(`without ${key}`)) &&
  // A bundle's signed key and an upload's lists are not.
  !['bundles: without curveSigned', 'without curveOneTime'].some((must) => what === must) &&
  !['prekeys: without curveOneTime'].includes(what)

describe('the HTTP table', () => {
  test('has the routes of its document', () => {
    const said = Object.entries(routes).map(([name, { auth, method, path }]) => [
      name,
      `${auth} ${method} ${path}`,
    ])
    expect(Object.fromEntries(said)).toEqual(TABLE)
    expect(PROOF_HEADER).toBe('sotto-proof')
  })

  test('says of each route what it is for', () => {
    for (const { summary } of Object.values(routes)) expect(summary).toMatch(/^[A-Z].{10,}/)
  })

  test.each(Object.entries(SAMPLES))(
    '%s takes and gives its shapes and no others',
    (name, pair) => {
      const route = routes[name as RouteName]
      for (const [at, sample] of pair.entries()) {
        const schema: Schema = at === 0 ? route.request : route.response
        expect(takes(schema, sample)).toBe(true)
        for (const { what, changed } of variants(sample)) {
          expect(takes(schema, changed), what).toBe(mayLack(what))
        }
      }
    },
  )
})

describe('a value at its bound', () => {
  const { request: registering } = routes.register
  const registration = (change: object): boolean =>
    takes(registering, { ...(SAMPLES.register[0] as object), ...change })

  test('an id is a UUID and a name is a name, both as text', () => {
    for (const account of ['', ID.toUpperCase(), 1, [ID]]) {
      expect(registration({ account })).toBe(false)
    }
    for (const name of ['A', 'root', 'a b', 7, ['alice']])
      expect(registration({ name })).toBe(false)
  })

  test('an invite has at most 64 characters, a token 1,024, an error’s sentence 500', () => {
    expect(registration({ invite: 'x'.repeat(64) })).toBe(true)
    expect(registration({ invite: 'x'.repeat(65) })).toBe(false)
    const token = (length: number) =>
      takes(routes.session.response, { token: 'x'.repeat(length), expiresAt: 1 })
    expect([token(1024), token(1025)]).toEqual([true, false])
    const spelt = (token: string) => takes(routes.session.response, { token, expiresAt: 1 })
    const noHeaders = ['', ' x', 'x ', 'x x', 'x\r\ny: z', 'x\n', '\nx', '\u007f', 'é', '\u0000']
    expect(noHeaders.filter(spelt)).toEqual([])
    expect(spelt('!~')).toBe(true)
    const error = (length: number) =>
      takes(errorShape, { error: 'quota', message: 'x'.repeat(length), retryAfterMs: 1 })
    expect([error(500), error(501)]).toEqual([true, false])
  })

  test('a device list’s body has 1 to 2,048 bytes', () => {
    const body = (length: number) => registration({ list: { ...list, body: binary(length) } })
    expect([0, 1, 2, 2048, 2049].map(body)).toEqual([false, true, true, true, false])
  })

  test('one-time prekeys come 200 at a time at most, lists 1,024, devices 1 to 16', () => {
    const many = (count: number, item: unknown) => Array.from({ length: count }, () => item)
    const uploads = (curves: number, kems: number) =>
      takes(routes.uploadPrekeys.request, {
        curveOneTime: many(curves, curve),
        kemOneTime: many(kems, kem),
      })
    expect(uploads(200, 200)).toBe(true)
    expect(uploads(201, 0)).toBe(false)
    expect(uploads(0, 201)).toBe(false)
    const lists = (count: number) => takes(routes.devices.response, { lists: many(count, list) })
    expect([0, 1024, 1025].map(lists)).toEqual([true, true, false])
    const devices = (count: number) =>
      takes(routes.claimPrekeys.request, { devices: many(count, ID) })
    expect([0, 1, 16, 17].map(devices)).toEqual([false, true, true, false])
  })

  test('an id of a prekey is a u32, a time is not negative', () => {
    const id = (value: number) =>
      takes(routes.uploadPrekeys.request, { ...upload, curveOneTime: [{ ...curve, id: value }] })
    expect([-1, 0, 0xffff_ffff, 0x1_0000_0000].map(id)).toEqual([false, true, true, false])
    const time = (value: number) => registration({ time: value })
    expect([-1, 0, 0.5].map(time)).toEqual([false, true, false])
  })

  test('keys and signatures have their one length', () => {
    for (const length of [31, 33]) expect(registration({ identityKey: binary(length) })).toBe(false)
    for (const length of [63, 65]) expect(registration({ proof: binary(length) })).toBe(false)
    for (const length of [1567, 1569]) {
      const kemOneTime = [{ ...kem, key: binary(length) }]
      expect(takes(routes.uploadPrekeys.request, { ...upload, kemOneTime })).toBe(false)
    }
  })

  test('a KEM prekey is of one kind or the other', () => {
    const kind = (kemKind: string) =>
      takes(routes.claimPrekeys.response, { bundles: [{ ...oneBundle, kemKind }] })
    expect(['kem-one-time', 'kem-last-resort', ''].map(kind)).toEqual([true, true, false])
  })
})

test('an error has one of these codes', () => {
  const codes = [
    ...['bad_request', 'unauthorised', 'forbidden', 'not_found', 'name_taken'],
    ...['invite_required', 'invite_invalid', 'registration_closed', 'disabled', 'conflict'],
    ...['rolled_back', 'too_large', 'quota', 'rate_limited', 'storage_full', 'version'],
    ...['internal', 'unavailable'],
  ]
  for (const error of codes) expect(takes(errorShape, { error, message: 'x' })).toBe(true)
  for (const error of ['', 'other']) expect(takes(errorShape, { error, message: 'x' })).toBe(false)
  expect(takes(errorShape, { error: 'quota', message: 'x', retryAfterMs: -1 })).toBe(false)
})
