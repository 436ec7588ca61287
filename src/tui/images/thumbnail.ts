// A stranger's bytes as a small picture. Pure; it runs in the decoder's process only, for nobody knows
// what a decoder of JavaScript does with them, but how much of it there can be.

import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'
import type { Picture, PictureWish } from '../host.ts'
import { type Header, headerOf, MAX_PIXELS } from './header.ts'
import { scaled } from './scale.ts'

/** For the coefficients of a picture of the most pixels that we take, in three colours. */
const MAX_JPEG_MIB = 400

export function thumbnail(bytes: Buffer, wish: PictureWish): Picture {
  const header = headerOf(bytes)
  return scaled(decoded(bytes, header), { ...wish, orientation: header.orientation })
}

function decoded(bytes: Buffer, { format }: Header): Picture {
  const { data, height, width } =
    format === 'png'
      ? PNG.sync.read(bytes)
      : jpeg.decode(bytes, {
          useTArray: true,
          maxResolutionInMP: MAX_PIXELS / 1_000_000,
          maxMemoryUsageInMB: MAX_JPEG_MIB,
        })
  return { width, height, pixels: data }
}
