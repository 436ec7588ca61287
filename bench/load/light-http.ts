// One kept connection, one request at a time, and no more of HTTP than our server answers with.

import { connect, type Socket } from 'node:net'

export class LightHttp {
  readonly #socket: Socket
  #text = ''
  #answered: ((text: string) => void) | undefined
  #failed: ((error: Error) => void) | undefined

  constructor(port: number, localAddress: string) {
    this.#socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (chunk: string) => this.#arrived(chunk))
    this.#socket.on('error', (error) => this.#failed?.(error))
  }

  ask<T>(method: string, path: string, body?: object): Promise<T> {
    const text = body === undefined ? '' : JSON.stringify(body)
    this.#socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    )
    return new Promise((resolve, reject) => {
      this.#failed = reject
      this.#answered = (answer) => {
        if (/^HTTP\/1\.1 200 /.test(answer)) resolve(JSON.parse(bodyOf(answer)))
        else reject(new Error(answer.split('\r\n', 1)[0]))
      }
    })
  }

  end(): void {
    this.#socket.destroy()
  }

  #arrived(chunk: string): void {
    this.#text += chunk
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(this.#text)?.[1]
    if (length === undefined || bodyOf(this.#text).length < Number(length)) return
    const answer = this.#text
    this.#text = ''
    this.#answered?.(answer)
  }
}

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4)
