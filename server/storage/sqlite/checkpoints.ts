// The main thread's end of the checkpointer: wakes it when something was written, and not too often.

import type { Worker } from 'node:worker_threads'
import type { CheckpointerMessage } from './checkpointer.ts'
import { startThread } from './start-thread.ts'

/** What is written twice within it goes into the database once. */
const EVERY_MS = 1_000

interface Thread {
  readonly worker: Worker
  readonly ended: Promise<void>
}

export class Checkpoints {
  readonly #path: string
  #thread: Thread | undefined
  #timer: NodeJS.Timeout | undefined
  #isAtWork = false
  #isOver = false

  constructor(path: string) {
    this.#path = path
  }

  /** Something was committed. */
  wrote(): void {
    if (this.#timer !== undefined || this.#isAtWork || this.#isOver) return
    this.#timer = setTimeout(() => this.#begin(), EVERY_MS).unref()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    const thread = this.#thread
    if (!this.#isOver) thread?.worker.postMessage('close' satisfies CheckpointerMessage)
    this.#isOver = true
    await thread?.ended
  }

  #begin(): void {
    this.#timer = undefined
    this.#isAtWork = true
    this.#thread ??= this.#started()
    this.#thread.worker.postMessage('checkpoint' satisfies CheckpointerMessage)
  }

  #started(): Thread {
    const worker = startThread('checkpointer', { path: this.#path })
    worker.on('message', () => {
      this.#isAtWork = false
    })
    const ended = new Promise<void>((resolve) => {
      const over = (): void => {
        // Without it the writer does its work at last (open.ts).
        this.#isOver = true
        resolve()
      }
      worker.on('error', over)
      worker.on('exit', over)
    })
    return { worker, ended }
  }
}
