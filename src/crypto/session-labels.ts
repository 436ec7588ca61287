import { concat, utf8 } from '../protocol/bytes.ts'

const label = (text: string): Uint8Array => concat(utf8(text), Uint8Array.of(0))
export const SESSION_ID = label('sotto/1 session id')
export const PQXDH_TRANSCRIPT = label('sotto/1 pqxdh transcript')
export const PQXDH_ROOT = label('sotto/1 pqxdh root')
export const RATCHET_ROOT = label('sotto/1 ratchet root')
export const RATCHET_MESSAGE = label('sotto/1 ratchet message')
