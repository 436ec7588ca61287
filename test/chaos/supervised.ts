// Processes that may be killed at any moment and are started again whenever they end, as an init
// system would do it.

import type { ChildProcess } from 'node:child_process'
import { ended } from '../helpers/program.ts'

export interface Supervised {
  readonly pid: number | undefined
  /** SIGKILL; resolves when the process is gone and the next one was started. */
  kill(): Promise<void>
  /** Ends as it is asked to and is started again: what it did is on its disk. */
  restart(): Promise<void>
  /** Resolves when the process that runs now is ready, rejects when it was given up. */
  ready(): Promise<void>
  stop(): Promise<void>
  /** For good, without asking. */
  end(): Promise<void>
}

interface Ports {
  readonly start: () => ChildProcess
  /** Between the end of a process and the start of the next: what became of its disk. */
  readonly fallen?: (() => void) | undefined
  readonly started?: (child: ChildProcess) => void
  /** A whole line of its output. */
  readonly line: (line: string) => void
  /** It ends by itself, again and again: nothing more is to be expected of it. */
  readonly givenUp?: (why: Error) => void
}

/** Nobody kills it, and still it ends: once may be a server that was just not there. */
const MAX_ENDS = 3
const STDERR_KEPT = 2_000

export class Lives implements Supervised {
  readonly #ports: Ports
  #process: ChildProcess | undefined
  #stopped = false
  #ends = 0
  #ready: Promise<void> = Promise.resolve()
  #settle: { readonly done: () => void; readonly fail: (why: Error) => void } | undefined

  constructor(ports: Ports) {
    this.#ports = ports
    this.#launch()
  }

  get process(): ChildProcess | undefined {
    return this.#process
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  ready(): Promise<void> {
    return this.#ready
  }

  markReady(): void {
    this.#ends = 0
    this.#settle?.done()
  }

  kill(): Promise<void> {
    return this.#signal('SIGKILL')
  }

  restart(): Promise<void> {
    return this.#signal('SIGTERM')
  }

  end(): Promise<void> {
    this.#stopped = true
    return this.#signal('SIGKILL')
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const last = this.#process
    last?.stdin?.end()
    last?.kill('SIGTERM')
    if (last !== undefined) await ended(last)
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    const victim = this.#process
    victim?.kill(signal)
    if (victim !== undefined) await ended(victim)
  }

  #launch(): void {
    this.#ready = new Promise((done, fail) => {
      this.#settle = { done, fail }
    })
    this.#ready.catch(() => undefined)
    const fresh = this.#ports.start()
    this.#process = fresh
    wholeLines(fresh, this.#ports.line)
    fresh.stdin?.on('error', () => undefined)
    let said = ''
    fresh.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-STDERR_KEPT)
    })
    fresh.once('exit', (code, signal) => this.#over(`${code ?? signal}: ${said}`, signal))
    this.#ports.started?.(fresh)
  }

  #over(how: string, signal: NodeJS.Signals | null): void {
    if (this.#stopped) return
    if (signal !== 'SIGKILL') this.#ends += 1
    if (this.#ends >= MAX_ENDS) {
      const why = new Error(`it ends by itself with ${how}`)
      this.#settle?.fail(why)
      this.#ports.givenUp?.(why)
      return
    }
    this.#ports.fallen?.()
    this.#launch()
  }
}

/** The last line of a killed process may be half of one: it is not told. */
function wholeLines(child: ChildProcess, tell: (line: string) => void): void {
  let rest = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) tell(line)
  })
}
