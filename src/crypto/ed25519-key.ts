// Which 32 bytes may be an Ed25519 public key or the point of a signature. OpenSSL takes encodings that are not reduced and
// points of small order, for which one signature verifies many messages; the portable provider
// refuses both. Both refuse them here, so that a signature means one thing in the house.

import { equalPublic, fromHex } from '../protocol/bytes.ts'
import { SIGNATURE_BYTES } from './lengths.ts'

const POINT_BYTES = 32

/** y of the points of order 1, 2, 4 and 8, little-endian, without the sign bit. */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((hex) => fromHex(hex) ?? new Uint8Array(32))

/** False for what no honest key is. Whether the rest is on the curve, the provider finds out. */
export function mayBeEd25519Key(key: Uint8Array): boolean {
  const y = Uint8Array.from(key)
  y[31] = (y[31] ?? 0) & 0x7f
  return isReduced(y) && !SMALL_ORDER_Y.some((small) => equalPublic(small, y))
}

/** Its point is held to the same: OpenSSL takes one of small order before 3.5, and refuses it since. */
export const mayBeEd25519Signature = (signature: Uint8Array): boolean =>
  signature.length === SIGNATURE_BYTES && mayBeEd25519Key(signature.subarray(0, POINT_BYTES))

/** y < 2^255 - 19: not reduced are only ed…ff7f to ff…ff7f. */
function isReduced(y: Uint8Array): boolean {
  if (y[31] !== 0x7f || (y[0] ?? 0) < 0xed) return true
  return y.subarray(1, 31).some((byte) => byte !== 0xff)
}
