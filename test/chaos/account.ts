// An account's process, `sotto rpc`, whose calls survive its death: what was not answered is asked
// again, in order, as a bot would do it.

import type { ChildProcess } from 'node:child_process'
import type { MethodName, Params, Result } from '../../src/client/api.ts'
import { Lives, type Supervised } from './supervised.ts'

export interface Account extends Supervised {
  readonly name: string
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>
}

interface Waiting {
  readonly line: string
  readonly done: (value: never) => void
  readonly fail: (error: Error) => void
}

interface Reply {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string; readonly data?: { readonly code?: string } }
}

interface Ports {
  readonly start: () => ChildProcess
  readonly fallen?: (() => void) | undefined
}

export function superviseAccount(name: string, ports: Ports): Account {
  const waiting = new Map<number, Waiting>()
  let next = 1
  let dead: Error | undefined
  const take = (id: number): Waiting | undefined => {
    const call = waiting.get(id)
    waiting.delete(id)
    return call
  }
  const lives = new Lives({
    ...ports,
    started(child) {
      for (const { line } of waiting.values()) child.stdin?.write(line)
    },
    line(line) {
      const { id, error, result } = JSON.parse(line) as Reply
      const call = take(id ?? -1)
      lives.markReady()
      if (error === undefined) call?.done(result as never)
      else call?.fail(new Error(`${name}: ${error.data?.code}: ${error.message}`))
    },
    givenUp(why) {
      dead = why
      for (const id of [...waiting.keys()]) take(id)?.fail(new Error(`${name}: ${why.message}`))
    },
  })
  return {
    name,
    get pid() {
      return lives.pid
    },
    call(method, params) {
      const id = next
      next += 1
      const line = `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`
      return new Promise((done, fail) => {
        if (dead !== undefined) return fail(dead)
        waiting.set(id, { line, done, fail })
        lives.process?.stdin?.write(line)
      })
    },
    async ready() {
      await this.call('status', {})
    },
    kill: () => lives.kill(),
    restart: () => lives.restart(),
    end: () => lives.end(),
    stop: () => lives.stop(),
  }
}
