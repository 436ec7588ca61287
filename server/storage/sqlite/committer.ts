// The main thread's end of the storage worker. What comes while the worker commits is collected
// and becomes the next group: under load groups grow by themselves, at rest nothing waits.

import type { Worker } from 'node:worker_threads'
import type { Appended, AppendOutcome, AppendRequest } from '../log-port.ts'
import { StorageError } from '../port.ts'
import { Checkpoints } from './checkpoints.ts'
import type { Answer, Failure, Group, GroupAnswer } from './group.ts'
import type { Calls, OperationArgs, OperationName, OperationResult } from './operations.ts'
import { MAX_GROUP, packAppends } from './packed.ts'
import { startThread } from './start-thread.ts'
import type { Opening, WorkerMessage, WorkerOptions } from './worker.ts'

type Refused = Extract<AppendOutcome, { kind: 'refused' }>

type Settle<R> = (request: R, outcome: AppendOutcome) => void

interface PendingAppend {
  readonly request: AppendRequest
  readonly settle: Settle<never>
}

interface PendingCall {
  readonly name: OperationName
  readonly args: unknown
  readonly done: (value: never) => void
  readonly failed: (error: StorageError) => void
}

interface CommitterOptions extends WorkerOptions {
  readonly now: () => number
}

export class Committer implements Calls {
  readonly #worker: Worker
  readonly #checkpoints: Checkpoints
  readonly #now: () => number
  #appends: PendingAppend[] = []
  #calls: PendingCall[] = []
  #flying: { readonly appends: PendingAppend[]; readonly calls: PendingCall[] } | undefined
  #scheduled = false
  #closed = false
  #idle: (() => void)[] = []
  readonly #committed: (() => void)[] = []
  /** Resolves if the worker ends without having been asked to. */
  readonly lost: Promise<void>

  private constructor(worker: Worker, checkpoints: Checkpoints, now: () => number) {
    this.#worker = worker
    this.#checkpoints = checkpoints
    this.#now = now
    worker.on('message', (answer: GroupAnswer) => this.#settleGroup(answer))
    this.lost = new Promise((resolve) => {
      const ended = (): void => {
        if (!this.#closed) resolve()
        this.#fail()
      }
      worker.on('error', ended)
      worker.on('exit', ended)
    })
  }

  static async start({ now, ...data }: CommitterOptions): Promise<Committer> {
    const worker = startThread('worker', data satisfies WorkerOptions)
    await new Promise<void>((resolve, reject) => {
      worker.once('message', (opening: Opening) => {
        if (opening.kind === 'ready') resolve()
        else reject(new StorageError(opening.why.code, opening.why.detail))
      })
      worker.once('error', reject)
    })
    return new Committer(worker, new Checkpoints(data.path), now)
  }

  append<R extends AppendRequest>(request: R, settle: Settle<R>): void {
    if (this.#closed) {
      settle(request, unavailable)
      return
    }
    this.#appends.push({ request, settle: settle as Settle<never> })
    this.#schedule()
  }

  call<N extends OperationName>(name: N, args: OperationArgs<N>): Promise<OperationResult<N>> {
    return new Promise((done, failed) => {
      if (this.#closed) {
        failed(new StorageError('closed', 'the storage is closed'))
        return
      }
      this.#calls.push({ name, args, done, failed })
      this.#schedule()
    })
  }

  onCommitted(listener: () => void): void {
    this.#committed.push(listener)
  }

  settled(): Promise<void> {
    if (this.#flying === undefined && !this.#waiting()) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle.push(resolve)
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await this.settled()
    this.#closed = true
    // First: who closes last removes the log.
    await this.#checkpoints.close()
    const gone = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve())
    })
    this.#worker.postMessage({ kind: 'close' } satisfies WorkerMessage)
    await gone
  }

  #waiting(): boolean {
    return this.#appends.length > 0 || this.#calls.length > 0
  }

  /** At the end of this turn of the event loop: all that arrived together goes together. */
  #schedule(): void {
    if (this.#scheduled || this.#flying !== undefined) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#flying === undefined && this.#waiting()) this.#send()
    })
  }

  #send(): void {
    const appends = this.#appends.splice(0, MAX_GROUP)
    const calls = this.#calls
    this.#calls = []
    this.#flying = { appends, calls }
    const packed =
      appends.length === 0 ? undefined : packAppends(appends.map(({ request }) => request))
    const group: Group = {
      now: this.#now(),
      calls: calls.map(({ name, args }) => ({ name, args })),
      appends: packed,
    }
    const transfer = packed === undefined ? [] : [packed.buffer]
    this.#worker.postMessage({ kind: 'group', group } satisfies WorkerMessage, transfer)
  }

  #settleGroup(answer: GroupAnswer): void {
    const flown = this.#flying
    this.#flying = undefined
    // The disk works on while the answers are handed out.
    if (this.#waiting()) this.#send()
    if (flown === undefined) return
    this.#checkpoints.wrote()
    for (const [index, call] of flown.calls.entries()) settleCall(call, answer.calls[index])
    settleAppends(flown.appends, answer)
    for (const listener of this.#committed) listener()
    if (this.#flying !== undefined || this.#waiting()) return
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }

  /** The worker is gone: nothing more is promised, and what was asked is answered so. */
  #fail(): void {
    this.#closed = true
    void this.#checkpoints.close()
    const flown = this.#flying
    this.#flying = undefined
    const error = new StorageError('closed', 'the storage worker ended')
    for (const call of [...(flown?.calls ?? []), ...this.#calls]) call.failed(error)
    for (const { request, settle } of [...(flown?.appends ?? []), ...this.#appends]) {
      settle(request as never, unavailable)
    }
    this.#calls = []
    this.#appends = []
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}

const unavailable: Refused = { kind: 'refused', reason: 'unavailable', accounts: [] }
const full: Refused = { kind: 'refused', reason: 'storage_full', accounts: [] }

function settleCall(call: PendingCall, answer: Answer<unknown> | undefined): void {
  if (answer?.ok === true) call.done(answer.value as never)
  else call.failed(new StorageError(answer?.code ?? 'failed', answer?.detail ?? 'no answer'))
}

function settleAppends(appends: readonly PendingAppend[], answer: GroupAnswer): void {
  const { numbers, others } = answer
  let at = 0
  for (const [index, { request, settle }] of appends.entries()) {
    const other = others.get(index)
    if (other !== undefined) {
      settle(request as never, 'reason' in other ? { kind: 'refused', ...other } : failed(other))
      continue
    }
    const results: Appended[] = []
    for (const { log } of request.items) {
      results.push({
        log,
        seq: numbers[at] ?? 0,
        at: numbers[at + 1] ?? 0,
        fresh: numbers[at + 2] === 1,
      })
      at += 3
    }
    settle(request as never, { kind: 'appended', results })
  }
}

function failed({ code }: Failure): AppendOutcome {
  if (code === 'full') return full
  return code === 'disk' ? { ...unavailable, cause: 'disk' } : unavailable
}
