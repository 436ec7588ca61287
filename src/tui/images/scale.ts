// A picture made smaller: the mean of the pixels that fall into one, laid on a ground where it lets
// see through, and turned as it was held. Pure.

import type { Picture } from '../host.ts'

interface Fit {
  readonly width: number
  readonly height: number
  /** What is seen where the picture is not. */
  readonly ground: readonly [red: number, green: number, blue: number]
  readonly orientation: number
}

/** Of the pixels that fall into one, so many in each direction are looked at. */
const MAX_SAMPLES = 8

export function scaled(picture: Picture, fit: Fit): Picture {
  const lies = fit.orientation >= 5
  const upright = lies
    ? { width: picture.height, height: picture.width }
    : { width: picture.width, height: picture.height }
  const share = Math.min(1, fit.width / upright.width, fit.height / upright.height)
  const width = Math.max(1, Math.round(upright.width * share))
  const height = Math.max(1, Math.round(upright.height * share))
  const pixels = new Uint8Array(4 * width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const area = turned({ x: x / width, y: y / height }, { x: 1 / width, y: 1 / height }, fit)
      mean(picture, area, fit.ground, pixels.subarray(4 * (y * width + x)))
    }
  }
  return { width, height, pixels }
}

interface Point {
  readonly x: number
  readonly y: number
}

interface Area {
  readonly from: Point
  readonly to: Point
}

/** Where in the stored picture an area of the shown one is, in shares of its sides. */
function turned({ x, y }: Point, size: Point, { orientation }: Fit): Area {
  const end = { x: x + size.x, y: y + size.y }
  const [from, to] = [{ x, y }, end].map((point) => stored(point, orientation))
  if (from === undefined || to === undefined) return { from: { x, y }, to: end }
  return {
    from: { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y) },
    to: { x: Math.max(from.x, to.x), y: Math.max(from.y, to.y) },
  }
}

function stored({ x, y }: Point, orientation: number): Point {
  switch (orientation) {
    case 2:
      return { x: 1 - x, y }
    case 3:
      return { x: 1 - x, y: 1 - y }
    case 4:
      return { x, y: 1 - y }
    case 5:
      return { x: y, y: x }
    case 6:
      return { x: y, y: 1 - x }
    case 7:
      return { x: 1 - y, y: 1 - x }
    case 8:
      return { x: 1 - y, y: x }
    default:
      return { x, y }
  }
}

function mean(
  { width, height, pixels }: Picture,
  { from, to }: Area,
  [groundRed, groundGreen, groundBlue]: Fit['ground'],
  out: Uint8Array,
): void {
  const [left, right] = span(from.x, to.x, width)
  const [top, bottom] = span(from.y, to.y, height)
  const stepX = Math.max(1, Math.floor((right - left) / MAX_SAMPLES))
  const stepY = Math.max(1, Math.floor((bottom - top) / MAX_SAMPLES))
  let [red, green, blue, opaque, count] = [0, 0, 0, 0, 0]
  for (let y = top; y < bottom; y += stepY) {
    for (let x = left; x < right; x += stepX) {
      const at = 4 * (y * width + x)
      const alpha = (pixels[at + 3] ?? 0) / 255
      red += (pixels[at] ?? 0) * alpha
      green += (pixels[at + 1] ?? 0) * alpha
      blue += (pixels[at + 2] ?? 0) * alpha
      opaque += alpha
      count += 1
    }
  }
  const rest = 1 - opaque / count
  out[0] = Math.round(red / count + groundRed * rest)
  out[1] = Math.round(green / count + groundGreen * rest)
  out[2] = Math.round(blue / count + groundBlue * rest)
  out[3] = 255
}

/** Whole pixels, one at least. */
function span(from: number, to: number, size: number): readonly [number, number] {
  // What rounding makes of 2/3 · 3 must not reach into the next pixel.
  const first = Math.min(size - 1, Math.max(0, Math.floor(from * size + 1e-6)))
  return [first, Math.max(first + 1, Math.min(size, Math.ceil(to * size - 1e-6)))]
}
