// A server's address as a person gives it: `https://host[:port][#sha256-…]`. Plain http is for
// loopback only (N14). The fragment is a pin: then this one key is trusted, and no authority.

import { fromBase64Url, fromHex } from '../protocol/bytes.ts'
import { badInput } from './errors.ts'

export interface ServerAddress {
  /** The one spelling that is stored, pin included. */
  readonly text: string
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** SHA-256 of the server's certificate or of its public key. */
  readonly pin: Uint8Array | undefined
}

/** Where `sotto server run` listens unless it is told otherwise. */
const DEFAULT_PORT = 7700
const HASH_BYTES = 32
const PIN = /^#sha256-([0-9a-f]{64}|[A-Za-z0-9_-]{43})$/
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
const HINT = 'an address looks like https://chat.example.org'

export function parseServerAddress(given: string): ServerAddress {
  const url = URL.parse(withScheme(given))
  if (url === null || url.hostname === '') throw badInput('This is not a server’s address.', HINT)
  const tls = url.protocol === 'https:'
  if (!tls && url.protocol !== 'http:') throw badInput('A server’s address is https.', HINT)
  if (!tls && !LOOPBACK.test(url.hostname)) {
    throw badInput('Without TLS only a server on this machine is spoken to.', HINT)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.pathname !== '/') {
    throw badInput('A server’s address has no path, no question and no password.', HINT)
  }
  const pin = readPin(url.hash)
  const bare = url.hostname.replace(/^\[|\]$/g, '')
  return {
    text: `${url.protocol}//${url.host}${url.hash}`,
    host: bare,
    port: url.port === '' ? portOf(tls) : Number(url.port),
    tls,
    pin,
  }
}

/** Who names this machine and nothing more means the server that runs here as it comes. */
function withScheme(given: string): string {
  if (given.includes('://')) return given
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:/#]*)(:\d+)?$/.exec(given) ?? []
  if (!LOOPBACK.test(host)) return `https://${given}`
  return `http://${host}${port === '' ? `:${DEFAULT_PORT}` : port}`
}

function readPin(hash: string): Uint8Array | undefined {
  if (hash === '') return undefined
  const value = PIN.exec(hash)?.[1]
  const bytes = value === undefined ? undefined : (fromHex(value) ?? fromBase64Url(value))
  if (bytes?.length !== HASH_BYTES) {
    throw badInput('The part behind # is not a fingerprint of a server’s key.', HINT)
  }
  return bytes
}

/** As a Host header has it: a scheme's own port is left out, for proxies that compare. */
export const authorityOf = ({ host, port, tls }: ServerAddress): string => {
  const name = host.includes(':') ? `[${host}]` : host
  return port === portOf(tls) ? name : `${name}:${port}`
}

const portOf = (tls: boolean): number => (tls ? 443 : 80)
