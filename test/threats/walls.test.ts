// What the product does not do at all, read from its sources: the attack has nothing to hold on to.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { GLOBAL_OPTIONS } from '../../src/commands/globals.ts'
import { COMMANDS } from '../../src/commands/table.ts'

const root = resolve(import.meta.dirname, '../..')
const sources = ['src', 'server', 'bin']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => {
    const path = join(entry.parentPath, entry.name)
    const code = readFileSync(path, 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
    return { file: relative(root, path), code }
  })
const filesWith = (pattern: RegExp): readonly string[] =>
  sources
    .filter(({ code }) => pattern.test(code))
    .map(({ file }) => file)
    .sort()

test('nothing is compressed, neither secrets nor what a peer sent (R9)', () => {
  expect(filesWith(/node:zlib|DeflateRaw|CompressionStream|perMessageDeflate: true/)).toEqual([])
  expect(filesWith(/perMessageDeflate: false/)).toEqual(['server/link.ts'])
  // The client's own request offers nothing, and takes no answer that agrees to something.
  expect(filesWith(/sec-websocket-extensions/i)).toEqual(['src/client/upgrade.ts'])
})

test('a client opens sockets to its server and to its own profile, nowhere else (P7)', () => {
  const opening =
    /(?:=|await|return) fetch\(|globalThis\.fetch|node:https|node:http2|node:dgram|node:dns|\bnet\.|node:tls|from 'ws'/
  const dialling =
    /import \{[^}]*\b(?:createConnection|connect|request|get)\b[^}]*\} from 'node:(?:net|http)'/
  const client = (files: readonly string[]) => files.filter((file) => !file.startsWith('server/'))
  expect(client(filesWith(opening))).toEqual(['src/client/socket.ts', 'src/client/tls.ts'])
  expect(client(filesWith(dialling))).toEqual([
    'src/client/control-socket.ts',
    'src/client/http.ts',
    'src/client/tls.ts',
  ])
  // These two get every socket from `tls.ts`, which gets every address from the profile.
  for (const file of ['src/client/http.ts', 'src/client/socket.ts']) {
    expect(filesWith(/connectToServer\(address, /)).toContain(file)
  }
})

test('programs are started by spawn, and never through a shell (P10)', () => {
  expect(filesWith(/node:child_process/)).toEqual(
    filesWith(/import \{ (?:type \w+, )?spawn \} from 'node:child_process'/),
  )
  const starting = filesWith(/node:child_process/)
  expect(starting.length).toBeGreaterThan(3)
  expect(filesWith(/\bshell\b/).filter((file) => starting.includes(file))).toEqual([])
  expect(filesWith(/\beval\(|new Function\(/)).toEqual([])
})

test('SQL is never put together from values (N7)', () => {
  const pieces = sources.flatMap(({ file, code }) =>
    [...code.matchAll(/`[^`]*\b(?:SELECT|INSERT|UPDATE|DELETE|PRAGMA)\b[^`]*`/g)].flatMap(([sql]) =>
      [...sql.matchAll(/\$\{([^}]*)/g)].map(([, piece]) => `${file}: ${piece}`),
    ),
  )
  expect([...new Set(pieces)].sort()).toEqual([
    // All of them are words and numbers of ours: limits and versions of pragmas, which take no
    // parameters; names of columns and tables, conditions with placeholders.
    'server/storage/sqlite/open.ts: CACHE_KIB',
    'server/storage/sqlite/open.ts: CHECKPOINT_PAGES',
    'server/storage/sqlite/open.ts: options.maxPages',
    'src/store/connection.ts: patience',
    'src/store/connection.ts: source',
    "src/store/messages.ts: NAMES.join(', ')",
    "src/store/messages.ts: NAMES.map(() => '?').join(', ')",
    'src/store/messages.ts: NAMES.map((name) => `',
    'src/store/messages.ts: OF_CHAT',
    'src/store/messages.ts: order.sql',
    'src/store/messages.ts: sql',
    'src/store/messages.ts: table',
    'src/store/migrations.ts: migration.version',
    'src/store/open.ts: name',
    'src/store/open.ts: pragma',
    'src/store/open.ts: value',
    'src/store/schema.ts: APPLICATION_ID',
    'src/store/search.ts: from',
    'src/store/search.ts: number',
    'src/store/search.ts: order.sql',
    "src/store/search.ts: where.join(' AND ')",
    'src/store/sessions.ts: ONE_SKIPPED',
  ])
})

test('no option takes a secret on the command line, where every user sees it (L8)', () => {
  const flags = [...GLOBAL_OPTIONS, ...COMMANDS.flatMap(({ options = [] }) => options)].map(
    (option) => option.flags,
  )
  expect(flags.length).toBeGreaterThan(40)
  const secret = flags.filter((text) => /pass|secret|key|token|seed|recovery/i.test(text))
  expect([...new Set(secret)].sort()).toEqual([
    '--idempotency-key <key>',
    '--keychain <kind>',
    '--passphrase-fd <n>',
    '--passphrase-file <file>',
    '--tls-key <file>',
  ])
})

test('bytes are compared at once only where nobody may not know them (R11)', () => {
  // Hashes, signed bytes, public keys, ids and headers. The keychain compares what it has just
  // written with what it reads back: no outsider chooses either. Whatever else is compared goes
  // through `equalSecret` or `timingSafeEqual`.
  expect(filesWith(/equalPublic\(|Buffer\.compare\(|\.equals\(/)).toEqual([
    'server/directory.ts',
    'server/paseto.ts',
    'server/storage/sqlite/accounts.ts',
    'server/storage/sqlite/append.ts',
    'server/storage/sqlite/openings.ts',
    'src/client/connection.ts',
    'src/client/methods/doctor.ts',
    'src/client/register.ts',
    'src/client/tls.ts',
    'src/crypto/attachment.ts',
    'src/crypto/device-list.ts',
    'src/crypto/ed25519-key.ts',
    'src/crypto/ratchet/state.ts',
    'src/crypto/safety-number.ts',
    'src/crypto/session-places.ts',
    'src/crypto/vault.ts',
    'src/engine/heads.ts',
    'src/engine/known-entries.ts',
    'src/keychain/sealed-file.ts',
    'src/keychain/secrets-codec.ts',
    'src/protocol/bytes.ts',
  ])
  expect(filesWith(/timingSafeEqual\(/)).toEqual([
    'server/login-nonces.ts',
    'src/client/control-socket.ts',
    'src/crypto/secret.ts',
  ])
})
