// A self-made X.509 v3 certificate (RFC 5280) for a server without an authority: ECDSA P-256,
// which every TLS stack takes. Clients pin its fingerprint, so its names and dates prove nothing.

import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { isIP } from 'node:net'
import type { Env } from '../src/protocol/env.ts'
import {
  bits,
  explicit,
  implicit,
  integer,
  moment,
  objectId,
  octets,
  sequence,
  set,
  truth,
  utf8String,
} from './der.ts'

interface Certificate {
  readonly certPem: string
  readonly keyPem: string
}

/** Twenty years: the pin is what counts, and a pinned certificate that ends cuts everybody off. */
const LIFETIME_MS = 20 * 365.25 * 24 * 3_600_000
/** Clients' clocks may be behind. */
const BACKDATE_MS = 24 * 3_600_000
const SERIAL_BYTES = 16

const ECDSA_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))
const COMMON_NAME = '2.5.4.3'
const SUBJECT_ALT_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const KEY_USAGE = '2.5.29.15'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'

export function makeCertificate(hosts: readonly string[], env: Env): Certificate {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const now = env.now()
  const name = sequence(set(sequence(objectId(COMMON_NAME), utf8String('sotto server'))))
  const body = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(positive(env.random(SERIAL_BYTES))),
    ECDSA_SHA256,
    name,
    sequence(moment(new Date(now - BACKDATE_MS)), moment(new Date(now + LIFETIME_MS))),
    name,
    pair.publicKey,
    explicit(3, extensions(hosts)),
  )
  const signature = sign('sha256', body, createPrivateKey(pair.privateKey))
  return {
    certPem: pem(sequence(body, ECDSA_SHA256, bits(signature))),
    keyPem: pair.privateKey,
  }
}

/** SHA-256 over the whole certificate, as clients see it in the handshake. */
export const fingerprintOf = (certificate: Uint8Array): string =>
  `sha256-${createHash('sha256').update(certificate).digest('base64url')}`

function extensions(hosts: readonly string[]): Uint8Array {
  const critical = (id: string, value: Uint8Array): Uint8Array =>
    sequence(objectId(id), truth(), octets(value))
  const plain = (id: string, value: Uint8Array): Uint8Array => sequence(objectId(id), octets(value))
  // digitalSignature is bit 0; seven bits of the byte are unused.
  const signing = bits(Uint8Array.of(0x80), 7)
  return sequence(
    critical(BASIC_CONSTRAINTS, sequence()),
    critical(KEY_USAGE, signing),
    plain(EXTENDED_KEY_USAGE, sequence(objectId(SERVER_AUTH))),
    ...(hosts.length > 0 ? [plain(SUBJECT_ALT_NAME, sequence(...hosts.map(generalName)))] : []),
  )
}

function generalName(host: string): Uint8Array {
  const DNS_NAME = 2
  const IP_ADDRESS = 7
  const kind = isIP(host)
  if (kind === 0) return implicit(DNS_NAME, Buffer.from(host, 'ascii'))
  return implicit(IP_ADDRESS, kind === 4 ? ipv4Bytes(host) : ipv6Bytes(host))
}

const ipv4Bytes = (host: string): Uint8Array => Uint8Array.from(host.split('.').map(Number))

function ipv6Bytes(host: string): Uint8Array {
  const [head = '', tail] = host.replace(/%.*$/, '').split('::')
  const groups = (text: string): number[] =>
    text === ''
      ? []
      : text.split(':').flatMap((group) => {
          if (group.includes('.')) return [...ipv4Bytes(group)]
          const value = Number.parseInt(group, 16)
          return [value >> 8, value & 0xff]
        })
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  return Uint8Array.of(
    ...before,
    ...new Array<number>(16 - before.length - after.length).fill(0),
    ...after,
  )
}

const positive = (bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  copy[0] = ((copy[0] ?? 0) & 0x7f) | 0x40
  return copy
}

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
