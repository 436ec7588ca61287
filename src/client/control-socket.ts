// The socket on which the process that holds a profile serves the others. Who may speak on it:
// the folder is 0700 and the socket 0600, and since Node cannot ask the kernel for the peer's
// uid, the first line must carry a random cookie that stands in a 0600 file of the profile.
// A browser's request is not that line, so it is refused before anything is read of it (L9).

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toBase64Url, toHex } from '../protocol/bytes.ts'
import { ClientError } from './api.ts'
import type { ProfilePaths } from './paths.ts'

/** sun_path has 108 bytes on Linux, 104 elsewhere. */
const MAX_SOCKET_PATH_BYTES = 100
const COOKIE_BYTES = 32
const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700
/** Many processes may come at once, and each is served in turn. */
const BACKLOG = 511

/** In the profile, or, where that path is too long for a socket, in a private runtime folder. */
export function socketPath(paths: ProfilePaths): string {
  const inside = join(paths.folder, 'control.sock')
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH_BYTES) return inside
  const name = `sotto-${toHex(createHash('sha256').update(paths.folder).digest()).slice(0, 24)}.sock`
  const runtime = process.env.XDG_RUNTIME_DIR
  const folder = runtime || join(tmpdir(), `sotto-${process.getuid?.() ?? 0}`)
  if (!runtime) mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
  const found = lstatSync(folder)
  const foreign = process.getuid !== undefined && found.uid !== process.getuid()
  if (!found.isDirectory() || foreign || (found.mode & 0o077) !== 0) {
    throw new ClientError('file', 'The folder for sockets is not private to this user.', {
      hint: 'use a shorter --home, or set XDG_RUNTIME_DIR',
    })
  }
  return join(folder, name)
}

interface ControlServer {
  /** No new peers; those that are there stay. The socket file is gone when it resolves. */
  close(): Promise<void>
}

/** Only the holder of the profile's lock calls this, once nothing stands there. */
export async function listenControl(
  path: string,
  cookieFile: string,
  accept: (socket: Socket, cookie: string) => void,
): Promise<ControlServer> {
  const cookie = toBase64Url(randomBytes(COOKIE_BYTES))
  writeCookie(cookieFile, cookie)
  const server = createServer((socket) => accept(socket, cookie))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path, backlog: BACKLOG }, resolve)
  })
  chmodSync(path, PRIVATE_FILE)
  return { close: () => stopListening(server) }
}

/** What a holder left that was killed. Quicker than `rmSync`, which is made for folders. */
export function removeControl(paths: ProfilePaths): void {
  for (const path of [socketPath(paths), paths.wanted]) if (existsSync(path)) unlinkSync(path)
}

/** A holder that listens late does so before it leaves, and serves whoever asked. */
export function askToListen({ wanted }: ProfilePaths): void {
  try {
    writeFileSync(wanted, '', { mode: PRIVATE_FILE })
  } catch {
    // Without it the lock is waited for.
  }
}

export const isListeningWanted = ({ wanted }: ProfilePaths): boolean => existsSync(wanted)

function stopListening(server: Server): Promise<void> {
  // The callback waits for the connections too; the file is unlinked at once.
  server.close()
  return Promise.resolve()
}

/** Whole or not at all: a reader never sees half a cookie. */
function writeCookie(path: string, cookie: string): void {
  const draft = `${path}.new`
  writeFileSync(draft, cookie, { mode: PRIVATE_FILE })
  chmodSync(draft, PRIVATE_FILE)
  renameSync(draft, path)
}

export function isCookie(cookie: string, shown: unknown): boolean {
  if (typeof shown !== 'string') return false
  const [a, b] = [cookie, shown].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

interface ControlPeer {
  readonly socket: Socket
  readonly cookie: string
}

/** Undefined when nobody listens there (any more). */
export async function dialControl(paths: ProfilePaths): Promise<ControlPeer | undefined> {
  let cookie: string
  try {
    cookie = readFileSync(paths.cookie, 'utf8')
  } catch {
    return undefined
  }
  const path = socketPath(paths)
  // Mostly nobody is there: quicker found out than by a socket that fails.
  if (!existsSync(path)) return undefined
  const socket = createConnection(path)
  return new Promise((resolve, reject) => {
    socket.once('connect', () => {
      socket.off('error', failed)
      resolve({ socket, cookie })
    })
    const failed = (error: Error): void => {
      const code = 'code' in error ? String(error.code) : ''
      // EAGAIN: a full backlog of somebody who is busy; the caller comes again.
      if (GONE.has(code)) resolve(undefined)
      else reject(error)
    }
    socket.once('error', failed)
  })
}

const GONE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EAGAIN', 'ENOTSOCK'])
