// The operator's side: config, the admin socket, health and numbers, backup and restore, doctor,
// what is logged and what is kept.

import { createHash, X509Certificate } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parse } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminCall } from '../../server/admin-client.ts'
import { backupServer } from '../../server/backup.ts'
import { loadConfig, parsePlace } from '../../server/config.ts'
import { doctorServer } from '../../server/doctor.ts'
import { addressReader } from '../../server/http/client-address.ts'
import { CONFIG_TEXT, initServer } from '../../server/init.ts'
import { createLogger, redacted } from '../../server/logging.ts'
import { runServer } from '../../server/main.ts'
import { restoreServer } from '../../server/restore.ts'
import { openSql } from '../../server/storage/sqlite/open.ts'
import { ask, registered, type TestAccount } from '../helpers/account.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const folders: string[] = []
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'sotto-ops-'))
  folders.push(made)
  return made
}

const lines: string[] = []
let server: TestServer
let alice: TestAccount
beforeAll(async () => {
  const overrides = { log: { write: (line: string) => lines.push(line) } }
  server = await startServer({ logLevel: 'trace', overrides })
  alice = await registered(server, 'alice-canary')
})
afterAll(async () => {
  await server.close()
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true })
})

describe('configuration', () => {
  test('the file that init writes is read back, every line of it, as the defaults', async () => {
    const data = join(folder(), 'new')
    const { config } = await initServer(data)
    expect(statSync(config).mode & 0o777).toBe(0o600)
    expect(statSync(data).mode & 0o777).toBe(0o700)
    await expect(initServer(data)).rejects.toMatchObject({ code: 'conflict' })
    const before = loadConfig({ data })
    const example = /example|trust_proxy/
    const uncommented = CONFIG_TEXT.split('\n')
      .map((line) => (/^#\w+ = /.test(line) && !example.test(line) ? line.slice(1) : line))
      .join('\n')
    expect(Object.keys(parse(uncommented)).length).toBeGreaterThan(4)
    writeFileSync(config, uncommented)
    expect(loadConfig({ data })).toEqual(before)
  })

  test('what the caller says goes before the file', () => {
    const data = folder()
    writeFileSync(join(data, 'config.toml'), 'listen = "127.0.0.1:9000"\nregistration = "open"\n')
    const { listen, registration } = loadConfig({ data, listen: '[::1]:9001' })
    expect([listen, registration.name]).toEqual([{ host: '::1', port: 9001 }, 'open'])
  })

  test('what means nothing is refused, with its place', () => {
    const data = folder()
    const from = (text: string) => () => {
      writeFileSync(join(data, 'config.toml'), text)
      return loadConfig({ data })
    }
    expect(from('lissten = "x"')).toThrow(/lissten is no setting/)
    expect(from('[limits]\nblob_bites = 1')).toThrow(/limits.blob_bites is no setting/)
    expect(from('[limits]\nblob_bytes = -1')).toThrow(/above 0/)
    expect(from('listen = 7')).toThrow(/text in quotes/)
    expect(from('listen = "nowhere"')).toThrow(/HOST:PORT/)
    expect(from('a = = 1')).toThrow(/line 1 is not TOML/)
    expect(from('registration = "email"')).toThrow(/knows invite, open/)
    expect(from('database = "postgres://u:secret@h/db"')).toThrow(/^((?!secret).)*sqlite: only/)
    expect(() => loadConfig({ data: folder(), bus: 'nats://x' })).toThrow(/local only/)
    expect(() => loadConfig({ data: folder(), blobs: 's3://x' })).toThrow(/disk only/)
    expect(() => loadConfig({ data: folder(), config: '/no/where.toml' })).toThrow(/no \/no/)
    expect(() => addressReader(['nonsense'])).toThrow(/no address/)
    for (const wrong of ['x', 'x:99999', '::1:80', 'a b:1']) {
      expect(() => parsePlace('listen', wrong)).toThrow(/HOST:PORT/)
    }
  })
})

describe('the admin socket', () => {
  test('is the owner’s alone, and answers every call', async () => {
    const { socket } = JSON.parse(readFileSync(join(server.data, 'admin.json'), 'utf8'))
    expect(statSync(socket).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700)
    const [user] = await adminCall(server.data, 'user.list', {})
    expect(user).toMatchObject({ name: 'alice-canary', account: alice.account, devices: 1 })
    expect(await adminCall(server.data, 'stats', {})).toMatchObject({ accounts: 1, devices: 1 })
    const invite = await adminCall(server.data, 'invite.create', { uses: 3 })
    const listed = await adminCall(server.data, 'invite.list', {})
    expect(listed.map(({ id }) => id)).toContain(invite.id)
    expect(JSON.stringify(listed)).not.toContain(invite.code)
    await expect(adminCall(server.data, 'user.show', { name: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(adminCall(server.data, 'invite.create', { uses: 0 })).rejects.toMatchObject({
      code: 'bad_config',
    })
  })

  test('is nowhere on TCP', async () => {
    for (const url of [server.url, server.adminUrl]) {
      const reply = await ask(url, '/admin/user.list', { method: 'POST', body: {} })
      expect([404, 405]).toContain(reply.status)
    }
  })

  test('works on the folder where no server runs, and says where there is none', async () => {
    const other = await startServer()
    await registered(other, 'resting')
    const copy = join(folder(), 'b')
    await backupServer({ data: other.data, to: copy, now: Date.now() })
    const data = join(folder(), 'd')
    await restoreServer({ data, from: copy, check: false })
    await other.close()
    expect((await adminCall(data, 'user.disable', { name: 'resting' })).disabled).toBe(true)
    expect((await adminCall(data, 'user.delete', { name: 'resting' })).name).toBe('resting')
    expect(await adminCall(data, 'user.list', {})).toEqual([])
    await expect(adminCall(folder(), 'stats', {})).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a second server over the same folder is refused', async () => {
    const second = runServer({ data: server.data, listen: '127.0.0.1:0', logLevel: 'silent' })
    await expect(second).rejects.toMatchObject({ code: 'in_use' })
    expect((await ask(server.url, '/v1/server')).status).toBe(200)
  })

  test('a folder whose path is too long for a socket still has one', async () => {
    const data = join(folder(), 'x'.repeat(120))
    mkdirSync(data)
    const deep = await startServer({ data })
    expect((await adminCall(data, 'stats', {})).accounts).toBe(0)
    await deep.close()
    expect(existsSync(join(data, 'admin.json'))).toBe(false)
  })
})

describe('the operator’s listener', () => {
  test('says whether it lives, whether it is ready, and numbers without names (N15)', async () => {
    expect((await ask(server.adminUrl, '/healthz')).status).toBe(200)
    expect((await ask(server.adminUrl, '/readyz')).status).toBe(200)
    const text = Buffer.from((await ask(server.adminUrl, '/metrics')).bytes).toString()
    expect(text).toMatch(/^sotto_http_requests_total [1-9]/m)
    expect(text).not.toMatch(/canary|[0-9a-f]{8}-[0-9a-f]{4}/)
    expect((await ask(server.adminUrl, '/metrics/x')).status).toBe(404)
  })
})

describe('what is logged', () => {
  test('no name, id, address, token or key, at any level (L6, M5)', async () => {
    await alice.ask('/v1/names/alice-canary?canary=1')
    await ask(server.url, '/v1/nothing-canary')
    const log = createLogger('trace', { write: (line) => lines.push(line) })
    const error = new TypeError('canary in the message')
    log.error({ error, name: 'canary', deep: { of: 'canary' }, list: ['canary'] }, 'a test')
    const text = lines.join('')
    expect(text).toContain('listening')
    expect(text).toContain('TypeError')
    const texts = text.replace(/"(at|url|adminUrl)":("[^"]*"|\[[^\]]*\])/g, '')
    for (const secret of [
      'alice',
      alice.account,
      alice.device.device,
      alice.token,
      'canary"',
      'in the',
    ]) {
      expect(texts.includes(secret), secret).toBe(false)
    }
    expect(texts).not.toMatch(/127\.0\.0\.1/)
  })

  test('only what is allowed by type is shown', () => {
    expect(redacted({ ms: 3, ok: true, name: 'x', code: 'y', at: {}, list: [1] })).toEqual({
      ms: 3,
      ok: true,
      name: '[hidden]',
      code: 'y',
      at: '[hidden]',
      list: '[hidden]',
    })
  })
})

describe('backup and restore (N11)', () => {
  test('a copy of a running server restores accounts and blobs, and no one-time key', async () => {
    const source = await startServer()
    const bob = await registered(source, 'bob')
    const { blob } = (await bob.ask('/v1/blobs', { method: 'POST', body: { size: 3 } })).json
    const headers = { 'content-range': 'bytes 0-2/3' }
    await bob.ask(`/v1/blobs/${blob}`, { method: 'PUT', bytes: Buffer.from('abc'), headers })
    const from = join(folder(), 'backup')
    const made = await backupServer({ data: source.data, to: from, now: Date.now() })
    expect(made).toMatchObject({ accounts: 1, blobs: 1 })
    await expect(backupServer({ data: source.data, to: from, now: 1 })).rejects.toMatchObject({
      code: 'conflict',
    })
    const identity = (await ask(source.url, '/v1/server')).json.key
    const occupied = { data: source.data, from, check: false }
    await expect(restoreServer(occupied)).rejects.toMatchObject({ code: 'in_use' })
    await source.close()
    expect(await restoreServer({ from, check: true })).toMatchObject({ accounts: 1, checked: true })
    const data = join(folder(), 'restored')
    expect(await restoreServer({ data, from, check: false })).toMatchObject({ restored: 1 })
    const restored = await startServer({ data })
    expect((await ask(restored.url, '/v1/server')).json.key).toBe(identity)
    const moved = Object.assign(bob, { url: restored.url })
    expect((await moved.login()).status).toBe(200)
    expect(Buffer.from((await moved.ask(`/v1/blobs/${blob}`)).bytes).toString()).toBe('abc')
    const body = { devices: [bob.device.device] }
    const path = `/v1/accounts/${bob.account}/prekeys`
    const [bundle] = (await moved.ask(path, { method: 'POST', body })).json.bundles
    expect([bundle.kemKind, bundle.curveOneTime]).toEqual(['kem-last-resort', undefined])
    expect((await adminCall(data, 'stats', {})).restored).toBe(1)
    await restored.close()
  })

  test('a changed byte, a missing file and a foreign name are found', async () => {
    const from = join(folder(), 'backup')
    await backupServer({ data: server.data, to: from, now: Date.now() })
    const refused = async (what: RegExp) => {
      await expect(restoreServer({ from, check: true })).rejects.toThrow(what)
    }
    const keys = join(from, 'server-keys.json')
    const good = readFileSync(keys)
    writeFileSync(keys, Buffer.from(good.map((byte, index) => (index === 9 ? byte ^ 1 : byte))))
    await refused(/not what was backed up/)
    rmSync(keys)
    await refused(/missing/)
    writeFileSync(keys, good)
    expect((await restoreServer({ from, check: true })).checked).toBe(true)
    const manifest = JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8'))
    const escaped = { ...manifest, files: { ...manifest.files, '../escape': { size: 0 } } }
    writeFileSync(join(from, 'manifest.json'), JSON.stringify(escaped))
    await refused(/foreign files/)
    writeFileSync(join(from, 'manifest.json'), 'null')
    await refused(/no readable manifest/)
  })
})

describe('the doctor', () => {
  test('finds what is open, missing or wrong, and says how to mend it', async () => {
    const well = await doctorServer({ data: server.data })
    const named = (name: string) => well.find((check) => check.name === name)
    for (const name of ['configuration', 'data folder', 'private files', 'database', 'transport']) {
      expect(named(name)).toMatchObject({ ok: true, mend: '' })
    }
    expect(named('running')?.detail).toBe('running')
    const absent = await doctorServer({ data: join(folder(), 'absent') })
    expect(absent.find(({ name }) => name === 'data folder')?.ok).toBe(false)
    const data = folder()
    writeFileSync(join(data, 'config.toml'), 'x = 1')
    expect(await doctorServer({ data })).toMatchObject([{ name: 'configuration', ok: false }])
    const open = folder()
    writeFileSync(join(open, 'server-keys.json'), '{}', { mode: 0o644 })
    const checks = await doctorServer({ data: open })
    expect(checks.find(({ name }) => name === 'private files')?.mend).toMatch(/^chmod 600 /)
  })
})

describe('beyond loopback (N14)', () => {
  test('there is TLS 1.3 with a certificate whose fingerprint is in the address', async () => {
    const data = folder()
    const open = await startServer({ listen: '0.0.0.0:0', data })
    const url = new URL(open.url)
    expect([url.protocol, url.hash]).toEqual(['https:', `#${open.fingerprint}`])
    const seen = await new Promise<{ print: string; protocol: string | null }>((done, failed) => {
      const options = { rejectUnauthorized: false, agent: false, port: url.port }
      const asking = request(`https://127.0.0.1/v1/server`, options, (response) => {
        const socket = response.socket as import('node:tls').TLSSocket
        const { raw } = socket.getPeerCertificate()
        const digest = createHash('sha256').update(raw).digest('base64url')
        response.resume()
        done({ print: `sha256-${digest}`, protocol: socket.getProtocol() })
      })
      asking.on('error', failed)
      asking.end()
    })
    expect(seen).toEqual({ print: open.fingerprint, protocol: 'TLSv1.3' })
    const plain = fetch(`http://127.0.0.1:${url.port}/v1/server`)
    await expect(plain).rejects.toThrow()
    const again = await open.restart()
    expect(again.fingerprint).toBe(open.fingerprint)
    const pem = readFileSync(join(data, 'certificate.pem'))
    expect(new X509Certificate(pem).checkIP('127.0.0.1')).toBe('127.0.0.1')
    await again.close()
  })
})

describe('what is kept', () => {
  test('is what the operations page lists, column by column (N12)', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8')
    const [, list = ''] = page.split('column by column')
    const listed = [...list.matchAll(/^\| `(\w+)\.(\w+)` \|/gm)].map((m) => `${m[1]}.${m[2]}`)
    const sql = openSql({ path: join(server.data, 'server.db'), readonly: true })
    const tables = sql.all<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    const columns = tables.flatMap(({ name }) =>
      sql
        .all<{ name: string }>(`SELECT name FROM pragma_table_info('${name}')`)
        .map((column) => `${name}.${column.name}`),
    )
    sql.close()
    expect(listed.sort()).toEqual(columns.sort())
  })

  test('every file and folder is the owner’s alone', () => {
    const open = readdirSync(server.data, { recursive: true, withFileTypes: true }).filter(
      (entry) => (statSync(join(entry.parentPath, entry.name)).mode & 0o077) !== 0,
    )
    expect(open.map(({ name }) => name)).toEqual([])
  })

  test('a hundred first starts make a hundred identities (R8)', async () => {
    const { loadServerKeys } = await import('../../server/server-keys.ts')
    const keys = Array.from({ length: 100 }, () =>
      Buffer.from(loadServerKeys(folder()).identity).toString('hex'),
    )
    expect(new Set(keys).size).toBe(100)
  })
})
