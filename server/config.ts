// The server's settings: what the caller says, else `config.toml`, else the default. Every key of
// the file is known here; one that is not is an error, never ignored.

import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'smol-toml'
import { MAX_BLOB_BYTES, RETENTION_MS } from '../src/protocol/limits.ts'
import { type LogLevel, ServerError, type ServerLimits, type ServerOptions } from './options.ts'
import { policyNamed, type RegistrationPolicy } from './registration.ts'

export interface Place {
  readonly host: string
  readonly port: number
}

export interface ServerConfig {
  readonly data: string
  readonly listen: Place
  readonly adminListen: Place
  /** Where clients find us, if not at the address that we listen on: behind a proxy. */
  readonly publicUrl: string | undefined
  readonly registration: RegistrationPolicy
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  readonly trustProxy: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly logLevel: LogLevel
  readonly limits: ServerLimits
}

export const CONFIG_FILE = 'config.toml'
export const DEFAULT_LISTEN = '127.0.0.1:7700'
const LOG_LEVELS: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug', 'trace']

export const DEFAULT_LIMITS: ServerLimits = {
  // A film in good quality; far below what the protocol allows.
  blobBytes: 2 * 1024 ** 3,
  blobAccountBytes: 10 * 1024 ** 3,
  retentionMs: RETENTION_MS,
  // A household behind one address, each logging in anew.
  addressPerMinute: 120,
  registrationsPerHour: 20,
  // Blobs come in pieces, and a reconnecting client asks for many lists at once.
  accountPerMinute: 1_200,
  lookupsPerHour: 600,
  // Ten new sessions with each of somebody's devices, if that is as many as there may be.
  claimsPerHour: 160,
  // A hundred one-time keys last an hour even then; the last-resort key serves after them.
  claimedPerHour: 1_600,
}

const FILE_KEYS = new Set([
  'database',
  'bus',
  'blobs',
  'listen',
  'admin_listen',
  'public_url',
  'registration',
  'tls_cert',
  'tls_key',
  'trust_proxy',
  'allowed_origins',
  'log_level',
  'limits',
])
/** Between the names in the file and ours. */
const LIMIT_KEYS: Readonly<Record<string, keyof ServerLimits>> = {
  blob_bytes: 'blobBytes',
  blob_account_bytes: 'blobAccountBytes',
  address_per_minute: 'addressPerMinute',
  registrations_per_hour: 'registrationsPerHour',
  account_per_minute: 'accountPerMinute',
  lookups_per_hour: 'lookupsPerHour',
  claims_per_hour: 'claimsPerHour',
  claimed_per_hour: 'claimedPerHour',
}
const DAY_MS = 24 * 3_600_000

export function loadConfig(options: ServerOptions): ServerConfig {
  const data = resolve(options.data ?? defaultDataFolder())
  const file = readConfigFile(options.config ?? join(data, CONFIG_FILE), options.config)
  onlyKnown('database', options.database ?? file.text('database'), 'sqlite:')
  onlyKnown('bus', options.bus ?? file.text('bus'), 'local')
  onlyKnown('blobs', options.blobs ?? file.text('blobs'), 'disk')
  const listen = parsePlace('listen', options.listen ?? file.text('listen') ?? DEFAULT_LISTEN)
  const admin = options.adminListen ?? file.text('admin_listen')
  return {
    data,
    listen,
    adminListen: admin === undefined ? besides(listen) : parsePlace('admin_listen', admin),
    publicUrl: file.text('public_url'),
    registration: policyNamed(options.registration ?? file.text('registration') ?? 'invite'),
    tlsCert: options.tlsCert ?? file.text('tls_cert'),
    tlsKey: options.tlsKey ?? file.text('tls_key'),
    trustProxy: options.trustProxy ?? file.texts('trust_proxy'),
    allowedOrigins: file.texts('allowed_origins'),
    logLevel: logLevelNamed(options.logLevel ?? file.text('log_level') ?? 'info'),
    limits: { ...DEFAULT_LIMITS, ...file.limits(), ...options.overrides?.limits },
  }
}

export function defaultDataFolder(): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env
  if (XDG_DATA_HOME) return join(XDG_DATA_HOME, 'sotto-server')
  if (process.platform === 'darwin') {
    return join(homedir(), 'Library/Application Support/sotto-server')
  }
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'sotto-server')
  return join(homedir(), '.local/share/sotto-server')
}

/** `HOST:PORT`, an IPv6 address in brackets. */
export function parsePlace(name: string, text: string): Place {
  const found = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text)
  const host = found?.[1] ?? found?.[2]
  const port = Number(found?.[3])
  if (host === undefined || port > 65_535) {
    throw new ServerError('bad_config', `${name}: ${text} is not HOST:PORT`)
  }
  return { host, port }
}

/** The operator's listener is beside the public one, and on loopback unless it is said otherwise. */
const besides = ({ port }: Place): Place => ({
  host: '127.0.0.1',
  port: port === 0 ? 0 : (port % 65_535) + 1,
})

function onlyKnown(name: string, given: string | undefined, known: string): void {
  if (given === undefined || given === known || given === known.replace(/:$/, '')) return
  const message = `${name} ${given.replace(/:\/\/.*/, '://…')}: this server knows ${known} only`
  throw new ServerError('unsupported', message)
}

function logLevelNamed(name: string): LogLevel {
  const found = LOG_LEVELS.find((level) => level === name)
  if (found === undefined) throw new ServerError('bad_config', `log_level: ${name} is none`)
  return found
}

interface ConfigFile {
  text(key: string): string | undefined
  texts(key: string): readonly string[]
  limits(): Partial<ServerLimits>
}

function readConfigFile(path: string, named: string | undefined): ConfigFile {
  const values = tomlOf(path, named)
  const wrong = (key: string, what: string): ServerError =>
    new ServerError('bad_config', `${path}: ${key} ${what}`)
  for (const key of Object.keys(values)) {
    if (!FILE_KEYS.has(key)) throw wrong(key, 'is no setting')
  }
  const text = (key: string): string | undefined => {
    const value = values[key]
    if (value === undefined || typeof value === 'string') return value
    throw wrong(key, 'is a text in quotes')
  }
  return {
    text,
    texts(key) {
      const value = values[key] ?? []
      if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
      throw wrong(key, 'is a list of texts')
    },
    limits() {
      const table = values.limits ?? {}
      if (typeof table !== 'object' || table === null) throw wrong('limits', 'is a table')
      const limits: Record<string, number> = {}
      for (const [key, value] of Object.entries(table)) {
        const name = key === 'retention_days' ? 'retentionMs' : LIMIT_KEYS[key]
        if (name === undefined) throw wrong(`limits.${key}`, 'is no setting')
        if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) {
          throw wrong(`limits.${key}`, 'is a whole number above 0')
        }
        if (name === 'blobBytes' && value > MAX_BLOB_BYTES) {
          throw wrong(`limits.${key}`, `is at most ${MAX_BLOB_BYTES}`)
        }
        limits[name] = name === 'retentionMs' ? value * DAY_MS : value
      }
      return limits
    },
  }
}

function tomlOf(path: string, named: string | undefined): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) {
    if (named === undefined) return {}
    throw new ServerError('bad_config', `there is no ${named}`)
  }
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const line = (error as { line?: number }).line
    throw new ServerError('bad_config', `${path}: line ${line ?? '?'} is not TOML`)
  }
}
