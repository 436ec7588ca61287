// Whether the terminal is ours. Taken and given back in pairs, whatever happens: at the end of the
// program, on a signal, when something throws that nobody catches, while it is suspended.

import type { Device } from '../paint/device.ts'
import { entered, left, type Modes } from '../paint/modes.ts'

interface PossessionOptions {
  readonly stdin: { setRawMode?(raw: boolean): unknown; resume(): unknown }
  readonly device: Device
  readonly modes: Modes
  /** Resolves when nothing is on its way to the terminal any more, and nothing new will be: what is
   *  under way with another thread would land on the screen of whoever comes next. */
  readonly quiet: () => Promise<void>
  /** The program was suspended and goes on. */
  readonly onReturn: () => void
  /** The program has to end. The terminal is given back already. */
  readonly onEnding: (signal: NodeJS.Signals) => void
}

const ENDING = ['SIGTERM', 'SIGHUP'] as const

export class Possession {
  readonly #options: PossessionOptions
  #ours = false
  #watching = false
  #stopped = false
  modes: Modes

  constructor(options: PossessionOptions) {
    this.#options = options
    this.modes = options.modes
  }

  /** `questions` are asked on an empty screen, where nothing is spoilt by a terminal that shows them. */
  take(questions: string): void {
    if (this.#ours) return
    this.#ours = true
    this.#watch()
    this.#options.stdin.setRawMode?.(true)
    this.#options.stdin.resume()
    const clear = questions === '' ? '' : `${questions}\x1b[2J\x1b[H`
    this.#options.device.writeNow(`${entered(this.modes)}${clear}`)
  }

  leave = (): void => {
    if (!this.#ours) return
    this.#ours = false
    this.#options.device.writeNow(left(this.modes))
    this.#options.stdin.setRawMode?.(false)
  }

  /** For good. */
  release(): void {
    this.leave()
    this.#unwatch()
  }

  /** Stops the program as the shell's Ctrl+Z does, and takes the terminal again afterwards. */
  async stop(): Promise<void> {
    await this.#options.quiet()
    this.leave()
    process.off('SIGTSTP', this.#onStop)
    // Returns when the program is continued; at once where no shell could continue it.
    process.kill(0, 'SIGTSTP')
    process.on('SIGTSTP', this.#onStop)
    this.#return()
  }

  #return(): void {
    if (this.#ours) return
    this.take('')
    this.#options.onReturn()
  }

  readonly #onStop = async (): Promise<void> => {
    await this.#options.quiet()
    this.leave()
    this.#stopped = true
    // Our own listener has taken the signal's effect: this one nobody can take.
    process.kill(process.pid, 'SIGSTOP')
  }

  /** Whoever tells of it writes to the terminal next, and nothing of ours behind that. */
  readonly #onCrash = (): void => {
    void this.#options.quiet()
    this.leave()
  }

  readonly #onContinue = (): void => {
    if (!this.#stopped) return
    this.#stopped = false
    this.#return()
  }

  /** Still listened to: Ink's own listener would end the program at once if it were the last. */
  readonly #onEnding = async (signal: NodeJS.Signals): Promise<void> => {
    await this.#options.quiet()
    this.leave()
    this.#options.onEnding(signal)
  }

  #watch(): void {
    if (this.#watching) return
    this.#watching = true
    process.on('exit', this.leave)
    process.on('uncaughtExceptionMonitor', this.#onCrash)
    process.on('SIGTSTP', this.#onStop)
    process.on('SIGCONT', this.#onContinue)
    for (const signal of ENDING) process.on(signal, this.#onEnding)
  }

  #unwatch(): void {
    this.#watching = false
    process.off('exit', this.leave)
    process.off('uncaughtExceptionMonitor', this.#onCrash)
    process.off('SIGTSTP', this.#onStop)
    process.off('SIGCONT', this.#onContinue)
    for (const signal of ENDING) process.off(signal, this.#onEnding)
  }
}
