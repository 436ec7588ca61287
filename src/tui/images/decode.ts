// A picture's pixels from a file. The file is read here, and understood in a process of its own.

import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ClientError } from '../../client/api.ts'
import type { Picture, PictureWish } from '../host.ts'

/** What phones make is a third of it. */
const MAX_FILE_BYTES = 16 * 1024 * 1024
/** The largest that we take needs a second or two on a slow machine. */
const DECODE_MS = 20_000
/** Of the decoder's own heap; pixels lie beside it, and are bounded by the header. */
const HEAP_MIB = 256
/** A screen of the largest size in its finest pixels. */
const MAX_SIDE = 4096
const HEAD_BYTES = 8

let last: Promise<unknown> = Promise.resolve()

/** One at a time: a conversation full of pictures must not take the machine from who types. */
export function decodePicture(
  path: string,
  wish: PictureWish,
  timeout = DECODE_MS,
): Promise<Picture> {
  const next = last.then(() => decodeNow(path, wish, timeout))
  last = next.catch(() => {})
  return next
}

async function decodeNow(path: string, wish: PictureWish, timeout: number): Promise<Picture> {
  const answer = await decoded(await read(path), wish, timeout)
  if (answer === undefined || answer.length < HEAD_BYTES) throw unreadable()
  const [width, height] = [answer.readUInt32BE(0), answer.readUInt32BE(4)]
  const pixels = answer.subarray(HEAD_BYTES)
  const fits = width >= 1 && height >= 1 && width <= wish.width && height <= wish.height
  if (!fits || pixels.length !== 4 * width * height) throw unreadable()
  return { width, height, pixels }
}

const unreadable = (): ClientError => new ClientError('file', 'This picture cannot be shown.')

async function read(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch(() => {
    throw new ClientError('file', 'The picture is not there any more.')
  })
  try {
    const found = await file.stat()
    if (!found.isFile()) throw unreadable()
    if (found.size > MAX_FILE_BYTES) {
      throw new ClientError('file', 'This picture is too large to be shown.')
    }
    const bytes = Buffer.alloc(found.size)
    const { bytesRead } = await file.read(bytes, 0, found.size, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** What the decoder answers; undefined if it ends with anything but an answer. */
function decoded(
  bytes: Buffer,
  { ground, height, width }: PictureWish,
  timeout: number,
): Promise<Buffer | undefined> {
  const size = [width, height].map((side) => Math.min(MAX_SIDE, Math.max(1, Math.floor(side))))
  const most = HEAD_BYTES + 4 * (size[0] ?? 1) * (size[1] ?? 1)
  return new Promise((done) => {
    const child = spawn(
      process.execPath,
      [...decoderArguments(), ...[...size, ...ground].map(String)],
      {
        env: {},
        cwd: '/',
        stdio: ['pipe', 'pipe', 'ignore'],
        timeout,
        killSignal: 'SIGKILL',
        windowsHide: true,
      },
    )
    const chunks: Buffer[] = []
    let length = 0
    child.once('error', () => done(undefined))
    // One that refuses early does not read to the end.
    child.stdin.on('error', () => {})
    child.stdin.end(bytes)
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > most) child.kill('SIGKILL')
      else chunks.push(chunk)
    })
    child.once('close', (code) => done(code === 0 ? Buffer.concat(chunks) : undefined))
  })
}

/** From the bundle the decoder is a file beside us, and may read nothing but what lies there; from
 *  source it needs the loader that we run under. */
function decoderArguments(): readonly string[] {
  const here = import.meta.url
  const heap = `--max-old-space-size=${HEAP_MIB}`
  if (here.endsWith('.ts')) {
    const tsx = pathToFileURL(createRequire(here).resolve('tsx')).href
    return [heap, '--import', tsx, fileURLToPath(new URL('./decoder.ts', here))]
  }
  const program = fileURLToPath(new URL('./picture-decoder.js', here))
  return [heap, ...confinement(dirname(program)), program]
}

/** Of runtimes that can: no files but these, no programs, no threads. */
function confinement(folder: string): readonly string[] {
  const flag = ['--permission', '--experimental-permission'].find((name) =>
    process.allowedNodeEnvironmentFlags.has(name),
  )
  return flag === undefined ? [] : [flag, `--allow-fs-read=${folder}/*`]
}
