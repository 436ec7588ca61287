// The X25519 points whose agreement is all zero, whatever the private key: RFC 7748 and the
// non-canonical encodings of the same.

import { fromHex } from '../../src/protocol/bytes.ts'

export const LOW_ORDER_POINTS: readonly (readonly [string, Uint8Array])[] = [
  ['0', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['1', '0100000000000000000000000000000000000000000000000000000000000000'],
  ['of order 8', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
  ['the other of order 8', '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'],
  ['p - 1', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['p', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['p + 1', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
].map(([name, hex]) => [name ?? '', fromHex(hex ?? '') ?? new Uint8Array(0)] as const)
