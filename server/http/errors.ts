// Refusals over HTTP: a stable code, a status, a sentence without names, keys or stacks.

import type { HttpErrorCode } from '../../src/protocol/http.ts'

const STATUS: Readonly<Record<HttpErrorCode, number>> = {
  bad_request: 400,
  unauthorised: 401,
  forbidden: 403,
  not_found: 404,
  name_taken: 409,
  invite_required: 403,
  invite_invalid: 403,
  registration_closed: 403,
  disabled: 403,
  conflict: 409,
  rolled_back: 409,
  too_large: 413,
  quota: 403,
  rate_limited: 429,
  storage_full: 507,
  version: 400,
  internal: 500,
  unavailable: 503,
}

const SENTENCES: Readonly<Record<HttpErrorCode, string>> = {
  bad_request: 'The request is not what this route takes.',
  unauthorised: 'Not authenticated.',
  forbidden: 'Not allowed.',
  not_found: 'Nothing there.',
  name_taken: 'This name, or one that looks like it, is taken.',
  invite_required: 'An invite is needed.',
  invite_invalid: 'This invite is not valid, or not any more.',
  registration_closed: 'Nobody can register here at present.',
  disabled: 'This account is disabled.',
  conflict: 'Something else stands there already.',
  rolled_back: 'This is older than what the server has.',
  too_large: 'Too large.',
  quota: 'The account has used up its share.',
  rate_limited: 'Too many requests.',
  storage_full: 'The server has no room left.',
  version: 'The server does not speak this version.',
  internal: 'The server failed.',
  unavailable: 'The server cannot answer at present.',
}

interface HttpErrorDetail {
  readonly message?: string
  readonly retryAfterMs?: number
  /** Where the code's own status does not say enough. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

export class HttpError extends Error {
  readonly code: HttpErrorCode
  readonly status: number
  readonly retryAfterMs: number | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: HttpErrorCode, detail: HttpErrorDetail = {}) {
    super(detail.message ?? SENTENCES[code])
    this.name = 'HttpError'
    this.code = code
    this.status = detail.status ?? STATUS[code]
    this.retryAfterMs = detail.retryAfterMs
    this.headers = detail.headers ?? {}
  }
}

export const rateLimited = (retryAfterMs: number): HttpError =>
  new HttpError('rate_limited', { retryAfterMs })
