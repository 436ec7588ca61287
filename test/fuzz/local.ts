// What a device reads back from its own disk, its keychain, its terminal and its programs.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClientError, FAILURES } from '../../src/client/api.ts'
import { parseDuration } from '../../src/client/duration.ts'
import { errorFromJson } from '../../src/client/errors.ts'
import { readIncoming, readRequests } from '../../src/client/json-rpc.ts'
import { parseTime } from '../../src/client/moment.ts'
import { checkedParams } from '../../src/client/params.ts'
import { parseServerAddress } from '../../src/client/server-address.ts'
import { JsonError, parseStrictJson } from '../../src/client/strict-json.ts'
import { splitWords } from '../../src/commands/exec.ts'
import { readConfig, resolveGlobals } from '../../src/commands/globals.ts'
import { parse } from '../../src/commands/parse.ts'
import { COMMANDS } from '../../src/commands/table.ts'
import { CryptoError } from '../../src/crypto/primitives.ts'
import { nodePrimitives } from '../../src/crypto/provider-node.ts'
import { decodeState } from '../../src/crypto/ratchet/state.ts'
import { decodeRecoveryKey, encodeRecoveryKey } from '../../src/crypto/recovery-key.ts'
import { openVaultWith, sealVault } from '../../src/crypto/vault.ts'
import { decodeGeneration } from '../../src/keychain/generation.ts'
import { readMarker } from '../../src/keychain/marker.ts'
import { KeychainError } from '../../src/keychain/port.ts'
import {
  decodeSecrets,
  encodeSecrets,
  secretsFromText,
  secretsToText,
} from '../../src/keychain/secrets-codec.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { parseId } from '../../src/protocol/ids.ts'
import { parseAccountName } from '../../src/protocol/names.ts'
import { InputParser } from '../../src/tui/input/parser.ts'
import { SessionDevice, seededEnv } from '../helpers/session-device.ts'
import { type Target, textOf } from './inputs.ts'

const never = (): boolean => false
const isProtocolError = (error: unknown): boolean => error instanceof ProtocolError
const isKeychainError = (error: unknown): boolean => error instanceof KeychainError
const isClientError = (error: unknown): boolean => error instanceof ClientError

const scratch = mkdtempSync(join(tmpdir(), 'sotto-fuzz-'))
const inFile = (name: string, raw: Uint8Array): string => {
  const path = join(scratch, name)
  writeFileSync(path, raw, { mode: 0o600 })
  return path
}

const env = seededEnv(nodePrimitives, 'fuzz')
const vaultKey = {
  kdf: { kind: 'scrypt', logN: 15 },
  salt: new Uint8Array(16),
  key: new Uint8Array(32).fill(3),
} as const

const seed = new Uint8Array(32).fill(5)
const secrets = {
  databaseKey: seed,
  signingSeed: seed,
  agreementSeed: seed,
  accountSeed: seed,
  generation: 7,
}

function states(): readonly Uint8Array[] {
  const [ann, ben] = [
    new SessionDevice(nodePrimitives, 'a'),
    new SessionDevice(nodePrimitives, 'b'),
  ]
  const all: Uint8Array[] = []
  const keep = (): void => {
    for (const row of [...ann.book(ben).sessions, ...ben.book(ann).sessions]) {
      all.push(Uint8Array.from(row.state))
    }
  }
  ann.start(ben)
  keep()
  ben.open(ann, ann.seal(ben, seed))
  keep()
  ann.open(ben, ben.seal(ann, seed))
  keep()
  return all
}

const LINES = [
  '{"jsonrpc":"2.0","id":1,"method":"send","params":{"to":["bob"],"text":"\\ud83d\\ude00 x","idempotencyKey":"k"}}',
  '[{"jsonrpc":"2.0","id":"a","method":"whoami"},{"jsonrpc":"2.0","method":"subscribe"}]',
  '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no","data":{"code":"usage"}}}',
  '{"jsonrpc":"2.0","method":"event","params":{"type":"message","body":"hi"}}',
]
const ERRORS = [
  '{"v":1,"type":"error","code":"usage","message":"no","hint":null,"retry_after":"2026-01-01T00:00:00Z","candidates":["a"]}',
]
/** Fields that JavaScript has of its own. */
const ODD = [
  '{"code":"constructor","message":"x","retry_after":{"toString":1},"candidates":[{"toString":1}]}',
  '{"code":"toString","message":"x","retry_after":9e99,"hint":{"valueOf":0}}',
]
const TOML = [
  'keychain = "file"\ntimeout = "5s"\njson = true\n[send]\nwait = "stored"\n[tui]\ntheme = "dark"\n',
  "passphrase-command = 'pass show'\ncolor = false\n[tui.bindings]\n'ctrl+k' = 'x'\n",
]

export const LOCAL: readonly Target[] = [
  { name: 'stored sessions', seeds: states(), run: decodeState, refuses: isProtocolError },
  {
    name: 'sealed key files',
    seeds: [sealVault(env, vaultKey, seed)],
    run: (raw) => openVaultWith(nodePrimitives, vaultKey, raw),
    refuses: (error) => isProtocolError(error) || error instanceof CryptoError,
  },
  {
    name: 'secrets of a keychain',
    seeds: [encodeSecrets(secrets)],
    run: decodeSecrets,
    refuses: isKeychainError,
  },
  {
    name: 'secrets of a keychain as text',
    seeds: [secretsToText(secrets)],
    run: (raw) => secretsFromText(textOf(raw)),
    refuses: isKeychainError,
  },
  {
    name: 'generations',
    seeds: [new Uint8Array(8)],
    run: decodeGeneration,
    refuses: isProtocolError,
  },
  {
    name: 'markers of a keychain',
    seeds: ['{"format":1,"keychain":"file","entry":"x","createdAt":1750000000000}\n'],
    costly: true,
    run: (raw) => readMarker(inFile('marker', raw)),
    refuses: isKeychainError,
  },
  {
    name: 'recovery keys',
    seeds: [encodeRecoveryKey(nodePrimitives, seed)],
    run: (raw) => decodeRecoveryKey(nodePrimitives, textOf(raw)),
    refuses: never,
  },
  {
    name: 'calls of the control socket',
    seeds: LINES,
    run: (raw) => readRequests(textOf(raw)),
    refuses: never,
  },
  {
    name: 'answers of the control socket',
    seeds: LINES,
    run: (raw) => readIncoming(textOf(raw)),
    refuses: never,
  },
  {
    name: 'strict JSON',
    seeds: [...LINES, ...ERRORS],
    run: (raw) => parseStrictJson(textOf(raw)),
    refuses: (error) => error instanceof JsonError,
  },
  {
    name: 'parameters of a method',
    seeds: LINES,
    run(raw) {
      for (const item of readRequests(textOf(raw)).items) {
        if ('method' in item) checkedParams(item.method as 'send', item.params)
      }
    },
    refuses: isClientError,
  },
  {
    name: 'errors of another process',
    seeds: [...ERRORS, ...ODD],
    run(raw) {
      const error = errorFromJson(parseStrictJson(textOf(raw)))
      if (!Number.isInteger(FAILURES[error.code])) throw new Error('a code of nobody’s')
      if (error.retryAfter !== undefined) new Date(error.retryAfter).toISOString()
    },
    refuses: (error) => error instanceof JsonError,
  },
  {
    name: 'config files',
    seeds: TOML,
    costly: true,
    run: async (raw) => resolveGlobals({}, {}, await readConfig(inFile('config.toml', raw))),
    refuses: isClientError,
  },
  {
    name: 'command lines',
    seeds: [
      'send bob hi --json --timeout=5s',
      ...COMMANDS.map(({ path, args }) => `${path} ${args} --json --timeout=5s -- x`),
    ],
    run: (raw) => parse(textOf(raw).split(/[ \0]/)),
    refuses: isClientError,
  },
  {
    name: 'commands of a hook',
    seeds: [`notify "new mail" 'a b' c`],
    run: (raw) => splitWords(textOf(raw)),
    refuses: never,
  },
  {
    name: 'addresses of servers',
    seeds: [`https://chat.example.org:7700#sha256-${'0a'.repeat(32)}`, 'http://[::1]:1'],
    run: (raw) => parseServerAddress(textOf(raw)),
    refuses: isClientError,
  },
  {
    name: 'durations and times',
    seeds: ['1h30m', '2026-11-20T18:30:00Z', 'tomorrow 9:00', '+2h', '18:30', '9999-99-99 99:99'],
    run(raw) {
      const text = textOf(raw)
      parseTime(text, 1_750_000_000_000, 'ahead')
      parseTime(text, 1_750_000_000_000, 'back')
      parseDuration(text)
    },
    refuses: isClientError,
  },
  {
    name: 'names and ids',
    seeds: ['alice', 'a.b-c_d', '01890000-0000-7000-8000-000000000001'],
    run(raw) {
      const text = textOf(raw)
      if (text.length < 30) parseAccountName(text)
      else parseId(text)
    },
    refuses: isProtocolError,
  },
  {
    name: 'keys and answers of a terminal',
    seeds: [
      '\x1b[200~a paste\x1b[201~',
      '\x1b[<0;10;10M\x1b[A\x1b[1;5C',
      '\x1b]11;rgb:00/00/00\x1b\\',
    ],
    run(raw) {
      const parser = new InputParser()
      const cut = raw.length >> 1
      parser.feed(raw.subarray(0, cut))
      parser.feed(raw.subarray(cut))
    },
    refuses: never,
  },
]
