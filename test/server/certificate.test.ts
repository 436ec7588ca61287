import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { fingerprintOf, makeCertificate } from '../../server/certificate.ts'
import { isLoopback, type Transport, transportFor } from '../../server/tls.ts'
import { randomEnv } from '../helpers/env.ts'

const folders: string[] = []
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'sotto-tls-'))
  folders.push(made)
  return made
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true })
})

const hosts = ['127.0.0.1', '::1', 'fe80::1:2', '::ffff:10.0.0.1', 'chat.example.org']

describe('a self-made certificate', () => {
  const made = makeCertificate(hosts, randomEnv)
  const parsed = new X509Certificate(made.certPem)

  test('is read by OpenSSL, signed by its own key, for its names', () => {
    expect(parsed.verify(parsed.publicKey)).toBe(true)
    expect(parsed.subject).toBe('CN=sotto server')
    expect(parsed.ca).toBe(false)
    for (const host of ['127.0.0.1', '::1', 'fe80::1:2']) expect(parsed.checkIP(host)).toBe(host)
    expect(parsed.checkHost('chat.example.org')).toBe('chat.example.org')
    expect(parsed.checkHost('other.example.org')).toBeUndefined()
    expect(Date.parse(parsed.validFrom)).toBeLessThan(Date.now())
    expect(Date.parse(parsed.validTo)).toBeGreaterThan(Date.now() + 19 * 365 * 24 * 3_600_000)
  })

  test('carries a handshake of TLS 1.3 whose peer has the printed fingerprint', async () => {
    const server = createTlsServer({ cert: made.certPem, key: made.keyPem, minVersion: 'TLSv1.3' })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as { port: number }
    const socket = await new Promise<TLSSocket>((done, failed) => {
      const trying = connect({ port, host: '127.0.0.1', ca: made.certPem }, () => done(trying))
      trying.once('error', failed)
    })
    expect(socket.authorized).toBe(true)
    expect(socket.getProtocol()).toBe('TLSv1.3')
    expect(fingerprintOf(socket.getPeerCertificate().raw)).toBe(fingerprintOf(parsed.raw))
    socket.destroy()
    await new Promise((done) => server.close(done))
  })

  test('is another one at each making', () => {
    const prints = Array.from({ length: 20 }, () =>
      fingerprintOf(new X509Certificate(makeCertificate([], randomEnv).certPem).raw),
    )
    expect(new Set(prints).size).toBe(20)
  })
})

describe('the transport of an address', () => {
  test('is plain on loopback only', () => {
    const kind = (host: string): Transport['kind'] =>
      transportFor({ host, folder: folder(), env: randomEnv }).kind
    expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].map(kind)).toEqual(Array(4).fill('plain'))
    expect(['0.0.0.0', '::', '10.0.0.1', 'chat.example.org'].map(kind)).toEqual(
      Array(4).fill('pinned'),
    )
    expect(isLoopback('127.evil.example')).toBe(false)
  })

  test('stays the same at the next start, with a key that only its owner reads', () => {
    const place = folder()
    const print = (): string => {
      const transport = transportFor({ host: '0.0.0.0', folder: place, env: randomEnv })
      return transport.kind === 'pinned' ? transport.fingerprint : transport.kind
    }
    const first = print()
    expect(first).toMatch(/^sha256-[\w-]{43}$/)
    expect(print()).toBe(first)
    expect(statSync(join(place, 'certificate-key.pem')).mode & 0o777).toBe(0o600)
  })

  test('refuses half a pair and files that are not there', () => {
    const base = { host: '0.0.0.0', folder: folder(), env: randomEnv }
    expect(() => transportFor({ ...base, tlsCert: 'a.pem' })).toThrow(/come together/)
    expect(() => transportFor({ ...base, tlsCert: '/no/a', tlsKey: '/no/b' })).toThrow(
      /cannot read/,
    )
  })
})
