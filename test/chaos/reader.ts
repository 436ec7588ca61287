// Takes what comes to an account from its journal, from cursor to cursor, as a script would: each
// line is handed out once, however often the process dies in between.

import type { EventJson, MessageJson } from '../../src/client/api.ts'
import type { Account } from './account.ts'

/** How long one call waits for the first line; then the next one does. */
const CALL_MS = 10_000

export interface Reader {
  /** By message id, in the order of their lines. */
  readonly messages: ReadonlyMap<string, MessageJson>
  /** What no run without an adversary may bring. */
  readonly violations: readonly string[]
  /** Resolves when `condition` holds, which is asked after each line. */
  when(condition: () => boolean): Promise<void>
  /** For each message that comes from now on. */
  onMessage(listener: (message: MessageJson) => void): void
  stop(): void
}

export function readFrom(account: Account): Reader {
  const messages = new Map<string, MessageJson>()
  const violations: string[] = []
  const types = new Set<string>()
  const listeners: ((message: MessageJson) => void)[] = []
  const waiting = new Set<{ readonly holds: () => boolean; readonly done: () => void }>()
  let stopped = false
  const take = (event: MessageJson | EventJson): void => {
    types.add(event.type)
    const { code, id } = event as { readonly code?: string; readonly id?: string }
    if (event.type === 'error') violations.push(`I6: ${account.name} reads an error: ${code}`)
    if (event.type === 'gap') violations.push(`I1: ${account.name} reads a gap`)
    if (event.type !== 'message' || id === undefined) return
    if (messages.has(id)) violations.push(`I2: ${account.name} reads a message twice`)
    messages.set(id, event as MessageJson)
    for (const listener of listeners) listener(event as MessageJson)
  }
  const look = (): void => {
    for (const waiter of waiting) {
      if (!waiter.holds()) continue
      waiting.delete(waiter)
      waiter.done()
    }
  }
  const loop = async (): Promise<void> => {
    let since = '0'
    while (!stopped) {
      const batch = await account.call('receive', { timeout: CALL_MS, since })
      since = batch.cursor
      for (const event of batch.events) take(event)
      look()
    }
  }
  loop().catch((error: Error) => {
    if (!stopped) violations.push(`I7: ${error.message}`)
  })
  return {
    messages,
    violations,
    when: (holds) =>
      new Promise((done) => {
        if (holds()) done()
        else waiting.add({ holds, done })
      }),
    onMessage: (listener) => void listeners.push(listener),
    stop() {
      stopped = true
    },
  }
}
