// Every HTTP route of `/v1`: one schema each for type, validation and OpenAPI. Both ends import
// this table; neither writes a path or a shape of its own.

import * as z from 'zod/mini'
import { fromBase64Url } from './bytes.ts'
import type { AccountId, BlobId, DeviceId } from './ids.ts'
import { isUuid } from './ids.ts'
import { MAX_DEVICES, MAX_LIST_CHAIN, MAX_ONE_TIME_PREKEYS } from './limits.ts'
import { type AccountName, isAccountName } from './names.ts'

const base64Length = (bytes: number): number => Math.ceil((bytes * 4) / 3)

/** Bytes as canonical base64url text, of an exact or a bounded length. */
const binary = (min: number, max = min) =>
  z.string().check(
    z.maxLength(base64Length(max)),
    z.minLength(base64Length(min)),
    z.refine((text) => fromBase64Url(text) !== undefined, 'not canonical base64url'),
  )

const uuid = <I extends string>() =>
  z.custom<I>((value) => typeof value === 'string' && isUuid(value))
const account = uuid<AccountId>()
const device = uuid<DeviceId>()
const blob = uuid<BlobId>()
const name = z.custom<AccountName>((value) => typeof value === 'string' && isAccountName(value))
const time = z.int().check(z.nonnegative())
const u32 = z.int().check(z.nonnegative(), z.maximum(0xffff_ffff))
const size = z.int().check(z.nonnegative())

const prekeyShape = (bytes: number) =>
  z.strictObject({ id: u32, key: binary(bytes), createdAt: time, signature: binary(64) })
const curve = prekeyShape(32)
const kem = prekeyShape(1568)

const list = z.strictObject({ body: binary(1, 2048), signature: binary(64) })

const prekeyUpload = z.strictObject({
  curveSigned: z.optional(curve),
  kemLastResort: z.optional(kem),
  curveOneTime: z.array(curve).check(z.maxLength(MAX_ONE_TIME_PREKEYS)),
  kemOneTime: z.array(kem).check(z.maxLength(MAX_ONE_TIME_PREKEYS)),
  /** Drop what the server has of one-time keys first: after a restore or a mended rollback. */
  replace: z.optional(z.boolean()),
})

const bundle = z.strictObject({
  device,
  curveSigned: curve,
  curveOneTime: z.optional(curve),
  kem,
  kemKind: z.enum(['kem-one-time', 'kem-last-resort']),
})

/** It becomes a header: no space, no control character. */
const token = z.strictObject({
  token: z.string().check(z.maxLength(1024), z.regex(/^[!-~]+$/)),
  expiresAt: time,
})

const ERROR_CODES = [
  'bad_request',
  'unauthorised',
  'forbidden',
  'not_found',
  'name_taken',
  'invite_required',
  'invite_invalid',
  'registration_closed',
  'disabled',
  'conflict',
  'rolled_back',
  'too_large',
  'quota',
  'rate_limited',
  'storage_full',
  'version',
  'internal',
  'unavailable',
] as const
export type HttpErrorCode = (typeof ERROR_CODES)[number]

export const errorShape = z.strictObject({
  error: z.enum(ERROR_CODES),
  message: z.string().check(z.maxLength(500)),
  retryAfterMs: z.optional(size),
})

const none = z.strictObject({})

/** `device`: session token and request proof. `public`: nobody in particular, rate-limited. */
type RouteAuth = 'public' | 'device'

export const routes = {
  server: {
    method: 'GET',
    path: '/v1/server',
    auth: 'public',
    summary: 'Who this server is and what it allows',
    request: none,
    response: z.strictObject({
      /** Ed25519 public key; signed into every login and pinned by clients. */
      key: binary(32),
      time,
      versions: z.array(u32).check(z.maxLength(16)),
      registration: z.array(z.enum(['invite', 'open', 'email', 'oidc'])),
      limits: z.strictObject({ blobBytes: size, retentionMs: size }),
    }),
  },
  register: {
    method: 'POST',
    path: '/v1/register',
    auth: 'public',
    summary: 'A new account with its first device; the same call again is the same account',
    request: z.strictObject({
      name,
      account,
      identityKey: binary(32),
      list,
      device,
      prekeys: prekeyUpload,
      time,
      /** By the account key over registrationProof. */
      proof: binary(64),
      invite: z.optional(z.string().check(z.maxLength(64))),
    }),
    response: z.strictObject({ account, operator: z.boolean() }),
  },
  nonce: {
    method: 'POST',
    path: '/v1/session/nonce',
    auth: 'public',
    summary: 'A nonce to sign for a session token',
    request: none,
    response: z.strictObject({ nonce: binary(32), time }),
  },
  session: {
    method: 'POST',
    path: '/v1/session',
    auth: 'public',
    summary: 'A session token for a signed nonce',
    request: z.strictObject({ account, device, nonce: binary(32), time, proof: binary(64) }),
    response: token,
  },
  lookup: {
    method: 'GET',
    path: '/v1/names/:name',
    auth: 'device',
    summary: 'The account behind a name',
    request: none,
    response: z.strictObject({ account, name, identityKey: binary(32) }),
  },
  account: {
    method: 'GET',
    path: '/v1/accounts/:account',
    auth: 'device',
    summary: 'Name and identity key of an account',
    request: none,
    response: z.strictObject({ account, name, identityKey: binary(32) }),
  },
  deleteAccount: {
    method: 'DELETE',
    path: '/v1/account',
    auth: 'device',
    summary: 'Delete the caller’s account and all that the server has of it',
    request: none,
    response: none,
  },
  devices: {
    method: 'GET',
    path: '/v1/accounts/:account/devices',
    auth: 'device',
    summary: 'The chain of signed device lists after a version (query `after`)',
    request: none,
    response: z.strictObject({ lists: z.array(list).check(z.maxLength(MAX_LIST_CHAIN)) }),
  },
  publishDevices: {
    method: 'POST',
    path: '/v1/account/devices',
    auth: 'device',
    summary: 'Append the next version to one’s own chain',
    request: z.strictObject({ list }),
    response: none,
  },
  uploadPrekeys: {
    method: 'POST',
    path: '/v1/account/prekeys',
    auth: 'device',
    summary: 'Publish or refill the caller’s prekeys',
    request: prekeyUpload,
    response: z.strictObject({ curve: u32, kem: u32 }),
  },
  claimPrekeys: {
    method: 'POST',
    path: '/v1/accounts/:account/prekeys',
    auth: 'device',
    summary: 'One bundle for each named device; its one-time keys are consumed',
    request: z.strictObject({
      devices: z.array(device).check(z.minLength(1), z.maxLength(MAX_DEVICES)),
    }),
    response: z.strictObject({ bundles: z.array(bundle).check(z.maxLength(MAX_DEVICES)) }),
  },
  createBlob: {
    method: 'POST',
    path: '/v1/blobs',
    auth: 'device',
    summary: 'Begin an upload',
    request: z.strictObject({ size }),
    response: z.strictObject({ blob, expiresAt: time }),
  },
  blobStatus: {
    method: 'GET',
    path: '/v1/blobs/:blob/status',
    auth: 'device',
    summary: 'How much of a blob the server has',
    request: none,
    response: z.strictObject({ size, received: size, complete: z.boolean() }),
  },
  writeBlob: {
    method: 'PUT',
    path: '/v1/blobs/:blob',
    auth: 'device',
    summary: 'Append bytes at `Content-Range: bytes FROM-TO/SIZE`; FROM must be what is received',
    request: 'bytes',
    response: z.strictObject({ size, received: size, complete: z.boolean() }),
  },
  readBlob: {
    method: 'GET',
    path: '/v1/blobs/:blob',
    auth: 'device',
    summary: 'The bytes of a complete blob, whole or by `Range`',
    request: none,
    response: 'bytes',
  },
  deleteBlob: {
    method: 'DELETE',
    path: '/v1/blobs/:blob',
    auth: 'device',
    summary: 'Delete a blob of one’s own',
    request: none,
    response: none,
  },
} as const satisfies Record<string, Route>

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly auth: RouteAuth
  readonly summary: string
  readonly request: z.ZodMiniType | 'bytes'
  readonly response: z.ZodMiniType | 'bytes'
}

export type RouteName = keyof typeof routes
type Shape<S> = S extends z.ZodMiniType ? z.infer<S> : Uint8Array
export type RouteRequest<R extends RouteName> = Shape<(typeof routes)[R]['request']>
export type RouteResponse<R extends RouteName> = Shape<(typeof routes)[R]['response']>

/** Header that carries the request proof: `time.nonce.signature`, the latter two base64url. */
export const PROOF_HEADER = 'sotto-proof'
