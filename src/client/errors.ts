// Every failure that leaves the façade: code, sentence, hint, in one place. Nothing secret, no
// text of a message, no stack: what is unexpected goes to the profile's log.

import { KeychainError, type KeychainErrorCode } from '../keychain/port.ts'
import { ProtocolError } from '../protocol/errors.ts'
import type { HttpErrorCode } from '../protocol/http.ts'
import { StoreError, type StoreErrorCode } from '../store/port.ts'
import { ClientError, type ErrorJson, FAILURES, type FailureCode } from './api.ts'
import type { StopReason } from './connection.ts'
import { DirectoryError, type DirectoryErrorCode } from './directory.ts'
import type { Outcome } from './driver.ts'

interface Sentence {
  readonly code: FailureCode
  readonly message: string
  readonly hint?: string
}

const MAKE_ROOM = 'make room and try again'
const LET_WRITE = 'mount the disk for writing, or make the folder your own'
const SEE_SYSTEM = 'see what the system’s log says of the disk; then sotto doctor'

const KEYCHAIN: Readonly<Record<KeychainErrorCode, Sentence>> = {
  keychain_missing: {
    code: 'keychain_missing',
    message: 'This machine offers no keychain.',
    hint: 'start a Secret Service (gnome-keyring, KeePassXC, KWallet), or register with --keychain file',
  },
  keychain_locked: {
    code: 'keychain_locked',
    message: 'The keychain is locked.',
    hint: 'unlock the keychain of your desktop session and try again',
  },
  keychain_lost: {
    code: 'keychain_lost',
    message: 'This profile has an identity, but the keychain has no secrets for it.',
    hint: 'unlock or restore the keychain, or restore a backup',
  },
  passphrase_needed: {
    code: 'passphrase_needed',
    message: 'This profile is sealed with a passphrase.',
    hint: 'set SOTTO_PASSPHRASE or use --passphrase-file',
  },
  passphrase_wrong: { code: 'passphrase_wrong', message: 'The passphrase is wrong.' },
  keychain_corrupt: {
    code: 'keychain_corrupt',
    message: 'The secrets of this profile are damaged.',
    hint: 'restore a backup',
  },
  keychain_failed: {
    code: 'keychain_missing',
    message: 'The keychain did not answer as it should.',
    hint: 'sotto doctor',
  },
}

const HTTP: Readonly<Record<HttpErrorCode, Sentence>> = {
  bad_request: { code: 'server', message: 'The server did not understand the request.' },
  unauthorised: {
    code: 'device_removed',
    message: 'The server does not know this device any more.',
    hint: 'sotto doctor',
  },
  forbidden: { code: 'not_allowed', message: 'The server does not allow this.' },
  not_found: { code: 'not_found', message: 'There is no such thing on the server.' },
  name_taken: {
    code: 'exists',
    message: 'This name, or one that looks like it, is taken.',
    hint: 'choose another name',
  },
  invite_required: {
    code: 'not_allowed',
    message: 'This server admits by invite only.',
    hint: 'ask its operator for a code and pass --invite CODE',
  },
  invite_invalid: {
    code: 'not_allowed',
    message: 'This invite is not valid, or it was used.',
    hint: 'ask the operator of the server for another one',
  },
  registration_closed: { code: 'not_allowed', message: 'This server takes no new accounts.' },
  disabled: { code: 'disabled', message: 'This account is disabled by the server’s operator.' },
  conflict: { code: 'server', message: 'The server has a newer state than this device.' },
  rolled_back: {
    code: 'profile_rolled_back',
    message: 'This profile is older than what the server has seen of it.',
    hint: 'sotto doctor --mend',
  },
  too_large: { code: 'bad_input', message: 'This is larger than the server takes.' },
  quota: { code: 'quota', message: 'The quota on the server is used up.' },
  rate_limited: { code: 'rate_limited', message: 'Too many requests.' },
  storage_full: { code: 'server', message: 'The server’s disk is full.' },
  version: {
    code: 'server',
    message: 'The server speaks another version of the protocol.',
    hint: 'update sotto, or ask the operator to update the server',
  },
  internal: { code: 'server', message: 'The server failed.' },
  unavailable: { code: 'server', message: 'The server is not available now.' },
}

const SYSTEM: Readonly<Record<string, Sentence>> = {
  ENOSPC: { code: 'storage', message: 'The disk is full.', hint: MAKE_ROOM },
  EFBIG: { code: 'storage', message: 'A file may not grow any more.', hint: MAKE_ROOM },
  EDQUOT: { code: 'storage', message: 'The disk quota is used up.', hint: MAKE_ROOM },
  EROFS: { code: 'storage', message: 'The disk is read-only.', hint: LET_WRITE },
  EIO: { code: 'storage', message: 'The disk failed.', hint: SEE_SYSTEM },
  ENOENT: { code: 'file', message: 'There is no such file.' },
  EACCES: { code: 'file', message: 'A file or folder may not be opened.' },
  EPERM: { code: 'file', message: 'A file or folder may not be changed.' },
  EISDIR: { code: 'file', message: 'This is a folder, not a file.' },
  EEXIST: { code: 'file', message: 'There is a file of this name already.' },
  ELOOP: { code: 'file', message: 'This is a symbolic link; it is not followed.' },
  EMFILE: { code: 'file', message: 'Too many files are open.' },
  ECONNREFUSED: { code: 'network', message: 'The server cannot be reached.' },
  ECONNRESET: { code: 'network', message: 'The connection to the server broke.' },
  EPIPE: { code: 'network', message: 'The connection to the server broke.' },
  ENOTFOUND: { code: 'network', message: 'The server’s name cannot be found.' },
  EAI_AGAIN: { code: 'network', message: 'The server’s name cannot be looked up now.' },
  ETIMEDOUT: { code: 'network', message: 'The server does not answer.' },
  ECONNABORTED: { code: 'network', message: 'The connection to the server broke.' },
  EHOSTUNREACH: { code: 'network', message: 'The server cannot be reached.' },
  ENETUNREACH: { code: 'network', message: 'The server cannot be reached.' },
}

const fromSentence = (sentence: Sentence, retryAfter?: number): ClientError =>
  new ClientError(sentence.code, sentence.message, {
    ...(sentence.hint === undefined ? {} : { hint: sentence.hint }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  })

/** What the server answered. `retryAfter`: milliseconds since 1970. */
export const httpFailure = (code: HttpErrorCode, retryAfter?: number): ClientError =>
  fromSentence(HTTP[code], retryAfter)

export const rolledBack = (): ClientError =>
  new ClientError(
    'profile_rolled_back',
    'This profile is older than its keychain: it was restored from a copy, or copied. Going on would use message keys twice.',
    { hint: 'sotto doctor --mend' },
  )

export const lostCommits = (): ClientError =>
  new ClientError(
    'profile_rolled_back',
    'The log of this profile’s database is damaged: what was written last is gone. Going on would use message keys twice.',
    { hint: 'sotto doctor --mend' },
  )

const cloned = (): ClientError =>
  new ClientError(
    'profile_rolled_back',
    'Another copy of this profile is connected. Two copies of one device would use message keys twice.',
    { hint: 'delete the copy, then sotto doctor --mend' },
  )

export const offline = (): ClientError =>
  new ClientError('network', 'This process was told to stay offline.')

const STOPPED: Readonly<Record<Exclude<StopReason, 'rolled_back' | 'replaced'>, Sentence>> = {
  device_removed: HTTP.unauthorised,
  unauthorised: {
    code: 'not_allowed',
    message: 'The server did not accept this device’s login.',
    hint: 'sotto doctor checks the clock and the account',
  },
  server_key: {
    code: 'network',
    message: 'The server shows another key than the one that this profile knows.',
    hint: 'somebody may stand in between; ask the operator whether the key changed',
  },
}

/** Why the connection to the server ended for good. */
export function linkStopped(reason: StopReason): ClientError {
  if (reason === 'replaced') return cloned()
  return reason === 'rolled_back' ? rolledBack() : fromSentence(STOPPED[reason])
}

export const noProfile = (profile: string): ClientError =>
  new ClientError('no_profile', `There is no profile ‘${profile}’ here yet.`, {
    hint: 'sotto register NAME --server URL',
  })

export const badInput = (message: string, hint?: string): ClientError =>
  new ClientError('bad_input', message, hint === undefined ? {} : { hint })

export const notFound = (message: string, hint?: string): ClientError =>
  new ClientError('not_found', message, hint === undefined ? {} : { hint })

export const timedOut = (message: string): ClientError => new ClientError('timeout', message)

/** What the engine would not do. `name`: whom the hint is about. */
export function refusal(
  outcome: Extract<Outcome, { kind: 'refused' }>,
  name?: string,
): ClientError {
  switch (outcome.code) {
    case 'untrusted_identity':
      return new ClientError(
        'untrusted_identity',
        'The identity behind this name changed, and the change was not accepted.',
        { hint: `sotto verify ${name ?? 'NAME'}` },
      )
    case 'blocked':
      return new ClientError('blocked', 'This contact is blocked.', {
        hint: `sotto contact unblock ${name ?? 'NAME'}`,
      })
    case 'not_found':
      return notFound(name === undefined ? 'There is no such thing.' : `There is no ‘${name}’.`)
    case 'not_allowed':
      return new ClientError('not_allowed', sentenceOf(outcome.detail, 'This is not allowed.'))
    case 'bad_input':
      return badInput(sentenceOf(outcome.detail, 'This input is not valid.'))
    case 'network':
      return new ClientError('network', 'The server cannot be reached.', {
        hint: 'what was queued is kept; sotto doctor checks the way',
      })
    case 'server':
      return new ClientError('server', 'The server gave an answer that is no use.')
    case 'rate_limited':
      return fromSentence(HTTP.rate_limited, outcome.retryAfter)
    default:
      return outcome.code satisfies never
  }
}

/** The engine's details are our own words: `empty text` becomes a sentence. */
function sentenceOf(detail: string, otherwise: string): string {
  if (detail === '') return otherwise
  return `${detail.charAt(0).toUpperCase()}${detail.slice(1)}${detail.endsWith('.') ? '' : '.'}`
}

const DIRECTORY: Readonly<Record<DirectoryErrorCode, Sentence>> = {
  not_found: HTTP.not_found,
  rate_limited: HTTP.rate_limited,
  network: { code: 'network', message: 'The server cannot be reached.', hint: 'sotto doctor' },
  server: { code: 'server', message: 'The server gave an answer that is no use.' },
}

/** The last net. What none of the tables knows is a bug, and says so. */
export function toClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error
  if (error instanceof KeychainError) return fromSentence(KEYCHAIN[error.code])
  if (error instanceof DirectoryError) {
    // A disabled account, a removed device: the server said more than that it did not answer.
    if (error.code === 'server' && error.cause instanceof ClientError) return error.cause
    return fromSentence(DIRECTORY[error.code], error.retryAfter)
  }
  if (error instanceof ProtocolError && error.blame === 'remote') {
    return new ClientError('server', 'The server said something that is not our protocol.')
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new ClientError('timeout', 'The call was given up.')
  }
  const code = systemCode(error)
  const known =
    error instanceof StoreError
      ? STORE[error.code]
      : code === undefined
        ? undefined
        : (SYSTEM[code] ?? sqlite(code) ?? tls(code) ?? noHttp(code))
  if (known !== undefined) return fromSentence(known)
  return new ClientError('bug', 'An unexpected error.', { hint: 'the log has the details' })
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause instanceof Error ? systemCode(error.cause) : undefined
}

const BROKEN: Sentence = {
  code: 'storage',
  // A page that the disk does not give is to SQLite the same as one that was changed.
  message: 'The profile’s database is damaged, or the disk failed, or its key is another one.',
  hint: 'sotto doctor; if it says the same, put a copy of the profile’s folder back',
}
const FAILED: Sentence = {
  code: 'storage',
  message: 'The disk failed under the profile’s database.',
  hint: SEE_SYSTEM,
}
const FULL: Sentence = {
  code: 'storage',
  message: 'The disk is full.',
  hint: MAKE_ROOM,
}
const READ_ONLY: Sentence = {
  code: 'storage',
  message: 'The profile’s folder may not be written.',
  hint: LET_WRITE,
}

const STORE: Readonly<Record<StoreErrorCode, Sentence | undefined>> = {
  wrong_key: BROKEN,
  corrupt: BROKEN,
  full: FULL,
  readonly: READ_ONLY,
  busy: FAILED,
  newer_schema: {
    code: 'storage',
    message: 'This profile was written by a newer version of sotto.',
    hint: 'update sotto',
  },
  missing: {
    code: 'storage',
    message: 'The profile’s database is gone.',
    hint: 'put profile.db back; without it, delete the folder and register anew',
  },
  exists: { code: 'exists', message: 'There is a profile here already.' },
  io: FAILED,
  constraint: undefined,
  misuse: undefined,
}

/** The profile's lock is SQLite too, outside the store. */
function sqlite(code: string): Sentence | undefined {
  if (!code.startsWith('SQLITE_')) return undefined
  if (/^SQLITE_(FULL|IOERR_SHMSIZE)/.test(code)) return FULL
  return /^SQLITE_(READONLY|CANTOPEN)/.test(code) ? READ_ONLY : FAILED
}

/** Bytes that are no HTTP, a header without end: Node's parser gave up. */
const noHttp = (code: string): Sentence | undefined =>
  code.startsWith('HPE_')
    ? { code: 'server', message: 'The server gave an answer that is no use.' }
    : undefined

function tls(code: string): Sentence | undefined {
  const ours = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/
  if (!ours.test(code)) return undefined
  return {
    code: 'network',
    message: 'The server’s TLS certificate is not one that this machine trusts.',
    hint: 'use the address with `#sha256-…` that the server printed at its start',
  }
}

/** @public The object on stderr and in JSON-RPC. */
export const errorJson = (
  error: ClientError,
): ErrorJson & { readonly candidates?: readonly string[] } => ({
  v: 1,
  type: 'error',
  code: error.code,
  message: error.message,
  hint: error.hint ?? null,
  retry_after: error.retryAfter === undefined ? null : new Date(error.retryAfter).toISOString(),
  ...(error.candidates.length === 0 ? {} : { candidates: error.candidates }),
})

/** The way back, where it came through a socket. */
export function errorFromJson(value: unknown): ClientError {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof ErrorJson | 'candidates', unknown>
  >
  const code =
    typeof fields.code === 'string' && Object.hasOwn(FAILURES, fields.code) ? fields.code : 'bug'
  const retryAfter =
    typeof fields.retry_after === 'string' ? Date.parse(fields.retry_after) : Number.NaN
  return new ClientError(
    code as FailureCode,
    typeof fields.message === 'string' ? fields.message : 'An unexpected error.',
    {
      ...(typeof fields.hint === 'string' ? { hint: fields.hint } : {}),
      ...(Number.isNaN(retryAfter) ? {} : { retryAfter }),
      ...(Array.isArray(fields.candidates)
        ? { candidates: fields.candidates.filter((one) => typeof one === 'string') }
        : {}),
    },
  )
}
