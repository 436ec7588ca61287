// The program that decodes one picture: a stranger's bytes on stdin, a small picture's pixels on
// stdout, nothing else. It is started with no environment, little memory and little time, may touch
// no file where the runtime can forbid it, and whatever happens in it happens to it alone.

import { thumbnail } from './thumbnail.ts'

const REFUSED = 3

const chunks: Buffer[] = []
process.stdin.on('data', (chunk: Buffer) => chunks.push(chunk))
process.stdin.on('end', () => {
  try {
    answer(Buffer.concat(chunks))
  } catch {
    // What a decoder says of a stranger's bytes is nobody's business.
    process.exitCode = REFUSED
  }
})

function answer(bytes: Buffer): void {
  const [width = 1, height = 1, red = 0, green = 0, blue = 0] = process.argv.slice(2).map(Number)
  const shown = thumbnail(bytes, { width, height, ground: [red, green, blue] })
  const head = Buffer.alloc(8)
  head.writeUInt32BE(shown.width, 0)
  head.writeUInt32BE(shown.height, 4)
  process.stdout.write(Buffer.concat([head, shown.pixels]))
}
