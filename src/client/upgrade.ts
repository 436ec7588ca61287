// The request that makes a WebSocket of a connection to the server, and its answer (RFC 6455,
// section 4). The runtime's own client for HTTP could ask too; loading it is a twentieth of what
// `sotto send` takes.

import { createHash, randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'

const KEY_BYTES = 16
/** The protocol's constant: only who knows it speaks it. */
const ACCEPTED_WITH = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** As the runtime's own client has it. */
const MAX_HEAD_BYTES = 16 * 1024
const END = '\r\n\r\n'
const SWITCHING = 101
/** An answer with one of these is followed by another. */
const MAX_INTERIM = 199

type Answer =
  /** What of the stream came with it belongs to the WebSocket. */
  | { readonly kind: 'open'; readonly rest: Buffer }
  /** `detail` is a code of ours. The caller cuts the connection. */
  | { readonly kind: 'refused'; readonly detail: string }

/** Answers once, unless the connection ends first: whoever made it hears of that. */
export function upgrade(
  socket: Socket,
  request: { readonly host: string; readonly path: string },
  answered: (answer: Answer) => void,
): void {
  const key = randomBytes(KEY_BYTES).toString('base64')
  let seen: Buffer = Buffer.alloc(0)
  const finish = (answer: Answer): void => {
    socket.off('data', read)
    // Until somebody else listens, nothing of the stream may be lost.
    socket.pause()
    answered(answer)
  }
  const read = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
    for (;;) {
      const end = seen.indexOf(END)
      if (end < 0 ? seen.length > MAX_HEAD_BYTES : end > MAX_HEAD_BYTES) {
        finish({ kind: 'refused', detail: 'not_http' })
        return
      }
      if (end < 0) return
      const head = seen.toString('latin1', 0, end)
      seen = seen.subarray(end + END.length)
      const refusal = refusalOf(head, key)
      if (refusal === 'interim') continue
      finish(
        refusal === undefined ? { kind: 'open', rest: seen } : { kind: 'refused', detail: refusal },
      )
      return
    }
  }
  socket.on('data', read)
  const lines = [
    `GET ${request.path} HTTP/1.1`,
    `Host: ${request.host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
  ]
  socket.write(`${lines.join('\r\n')}${END}`)
}

function refusalOf(head: string, key: string): string | undefined {
  const [first = '', ...lines] = head.split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(first)?.[1])
  if (Number.isNaN(status)) return 'not_http'
  if (status !== SWITCHING) return status > MAX_INTERIM ? `http_${status}` : 'interim'
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name] = /^([^\s:]+):/.exec(line) ?? []
    if (name === undefined) return 'not_websocket'
    // Not by the expression: a line of blanks would cost the square of its length.
    const value = line.slice(name.length + 1).trim()
    // Cookies and their like may come again; none of those that are asked for below is right twice.
    const before = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`)
  }
  const accept = createHash('sha1')
    .update(key + ACCEPTED_WITH)
    .digest('base64')
  const agreed =
    headers.get('upgrade')?.toLowerCase() === 'websocket' &&
    headers.get('connection')?.toLowerCase().split(/, */).includes('upgrade') === true &&
    headers.get('sec-websocket-accept') === accept &&
    // We asked for neither.
    !headers.has('sec-websocket-extensions') &&
    !headers.has('sec-websocket-protocol')
  return agreed ? undefined : 'not_websocket'
}
