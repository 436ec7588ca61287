// The one error of the protocol layer. It carries a stable code and whose fault it is, never
// content: no name, no key, no byte of a message.

type Blame = 'local' | 'remote'

type ProtocolErrorCode =
  | 'truncated' // fewer bytes than the shape needs
  | 'trailing' // bytes left over after the shape ended
  | 'too_large' // over a limit of limits.ts
  | 'malformed' // a value outside its domain
  | 'unknown_type' // a tag nobody gave a meaning
  | 'wrong_state' // a frame that the connection's state does not allow
  | 'no_common_version'

export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode
  readonly blame: Blame

  constructor(code: ProtocolErrorCode, blame: Blame, detail: string) {
    super(`${code}: ${detail}`)
    this.name = 'ProtocolError'
    this.code = code
    this.blame = blame
  }
}

/** What a decoder throws: the bytes came from outside, so the blame is remote. */
export const malformed = (detail: string): ProtocolError =>
  new ProtocolError('malformed', 'remote', detail)
