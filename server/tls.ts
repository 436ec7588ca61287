// Which transport an address gets: plain only on loopback, else TLS 1.3, with the operator's
// certificate or one that is made at the first start and pinned by its fingerprint.

import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import type { Env } from '../src/protocol/env.ts'
import { fingerprintOf, makeCertificate } from './certificate.ts'
import { ServerError } from './options.ts'
import { writePrivateFile } from './private-files.ts'

export type Transport =
  | { readonly kind: 'plain' }
  | { readonly kind: 'authority'; readonly tls: TlsOptions }
  | { readonly kind: 'pinned'; readonly tls: TlsOptions; readonly fingerprint: string }

interface TransportOptions {
  readonly host: string
  readonly folder: string
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  readonly env: Env
}

const CERT_FILE = 'certificate.pem'
const KEY_FILE = 'certificate-key.pem'

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

export function transportFor(options: TransportOptions): Transport {
  const { tlsCert, tlsKey } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new ServerError(
      'bad_config',
      'a certificate and its key come together: tls_cert, tls_key',
    )
  }
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { kind: 'authority', tls: tlsOptions(readPem(tlsCert), readPem(tlsKey)) }
  }
  return isLoopback(options.host) ? { kind: 'plain' } : pinned(options)
}

function pinned({ folder, env, host }: TransportOptions): Transport {
  const certPath = join(folder, CERT_FILE)
  const keyPath = join(folder, KEY_FILE)
  if (!existsSync(certPath) || !existsSync(keyPath)) {
    const made = makeCertificate(ownNames(host), env)
    // The key first: a certificate without its key would look like a finished pair.
    writePrivateFile(keyPath, made.keyPem)
    writePrivateFile(certPath, made.certPem)
  }
  const cert = readPem(certPath)
  return {
    kind: 'pinned',
    tls: tlsOptions(cert, readPem(keyPath)),
    fingerprint: fingerprintOf(new X509Certificate(cert).raw),
  }
}

const tlsOptions = (cert: string, key: string): TlsOptions => ({
  cert,
  key,
  minVersion: 'TLSv1.3',
})

function ownNames(host: string): readonly string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80:'))
  const names = [host, hostname(), 'localhost', ...addresses]
  return [...new Set(names)].filter((name) => isIP(name) !== 0 || /^[a-zA-Z0-9.-]+$/.test(name))
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new ServerError('bad_config', `cannot read ${path}`)
  }
}
