// Every domain-separation label of the house, in one list: a hash, a derived key or a signature
// made for one purpose is never good for another (A4). Each ends with a zero byte, so that no
// label is the beginning of another one's input. The labels over what crosses the wire to a
// server live with their codecs (PROOF_LABELS, PREKEY_LABELS); the uniqueness test reads all.

import { concat, utf8 } from '../protocol/bytes.ts'

const texts: string[] = []

function label(text: string): Uint8Array {
  texts.push(text)
  return concat(utf8(text), Uint8Array.of(0))
}

// Signed by the account identity key.
export const DEVICE_LIST = label('sotto/1 device list')

// Sessions: handshake.ts, ratchet/.
export const SESSION_ID = label('sotto/1 session id')
export const PQXDH_TRANSCRIPT = label('sotto/1 pqxdh transcript')
export const PQXDH_ROOT = label('sotto/1 pqxdh root')
export const RATCHET_ROOT = label('sotto/1 ratchet root')
export const RATCHET_MESSAGE = label('sotto/1 ratchet message')
export const RATCHET_NONCE = label('sotto/1 ratchet nonce')

// Attachments and the sealed file.
export const ATTACHMENT_KEY = label('sotto/1 attachment key')
export const VAULT_KEY = label('sotto/1 vault key')

// What people compare and write down.
export const SAFETY_NUMBER = label('sotto/1 safety number')
export const SAFETY_WORDS = label('sotto/1 safety words')
export const RECOVERY_CHECK = label('sotto/1 recovery key check')

/** @public read by the uniqueness test */
export const LABEL_TEXTS: readonly string[] = texts
