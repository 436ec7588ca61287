// What a picture says of itself before it is decoded: how large it is, and how it was held. Total:
// whatever the bytes are, it is an answer or a refusal.

export interface Header {
  readonly format: 'png' | 'jpeg'
  readonly width: number
  readonly height: number
  /** As EXIF counts: 1 is upright, 3 upside down, 6 and 8 lie on a side, the even ones are mirrored. */
  readonly orientation: number
}

/** A picture that is not shown. The message is a word for a test, not for a person. */
export class PictureError extends Error {
  override readonly name = 'PictureError'
}

/** More than most cameras make; four bytes for each while it is decoded, and as many again. */
export const MAX_PIXELS = 16_000_000
/** One side: a picture of one row is none. */
const MAX_SIDE = 30_000

const PNG_START = '89504e470d0a1a0a0000000d49484452'

export function headerOf(bytes: Buffer): Header {
  const header = bytes.toString('hex', 0, 16) === PNG_START ? pngHeader(bytes) : jpegHeader(bytes)
  const { height, width } = header
  if (width < 1 || height < 1) throw new PictureError('empty')
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    throw new PictureError('too many pixels')
  }
  return header
}

const PNG_HEADER_END = 29

function pngHeader(bytes: Buffer): Header {
  if (bytes.length < PNG_HEADER_END) throw new PictureError('cut off')
  // The reader inflates an interlaced one without a bound, so that a small file may fill the memory.
  if (bytes[28] !== 0) throw new PictureError('interlaced')
  return {
    format: 'png',
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    orientation: 1,
  }
}

const MARK = 0xff
const START_OF_IMAGE = 0xd8
const START_OF_SCAN = 0xda
const APP1 = 0xe1
/** Marks that begin a frame; three between them mean something else. */
const isFrame = (mark: number): boolean =>
  mark >= 0xc0 && mark <= 0xcf && mark !== 0xc4 && mark !== 0xc8 && mark !== 0xcc

function jpegHeader(bytes: Buffer): Header {
  if (bytes[0] !== MARK || bytes[1] !== START_OF_IMAGE) throw new PictureError('no picture')
  let orientation = 1
  // Each segment says its length, which is 2 at least.
  for (let at = 2; at + 9 < bytes.length; ) {
    const mark = bytes[at + 1] ?? 0
    if (bytes[at] !== MARK || mark === START_OF_SCAN) break
    if (mark === MARK) {
      at += 1
      continue
    }
    const length = bytes.readUInt16BE(at + 2)
    if (length < 2) break
    if (isFrame(mark)) {
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
      return { format: 'jpeg', width, height, orientation }
    }
    if (mark === APP1) orientation = exifOrientation(bytes.subarray(at + 4, at + 2 + length))
    at += 2 + length
  }
  throw new PictureError('no frame')
}

const EXIF = '457869660000'
const ORIENTATION = 0x0112
const ENTRY = 12

/** The first directory's entry, in either order of bytes; 1 if there is none. */
function exifOrientation(segment: Buffer): number {
  if (segment.toString('hex', 0, 6) !== EXIF) return 1
  const tiff = segment.subarray(6)
  const little = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number): number =>
    at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)
  const long = (at: number): number =>
    at + 4 > tiff.length ? 0 : little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at)
  const directory = long(4)
  for (let entry = 0; entry < short(directory); entry++) {
    const at = directory + 2 + ENTRY * entry
    if (at + ENTRY > tiff.length) break
    const value = short(at + 8)
    if (short(at) === ORIENTATION) return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}
