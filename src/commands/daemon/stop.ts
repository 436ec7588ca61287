import { setTimeout as pause } from 'node:timers/promises'
import { timedOut } from '../../client/errors.ts'
import { safe } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { holderOf } from './status-line.ts'

/** It finishes what it is asked meanwhile before it leaves. */
const LEAVES_WITHIN_MS = 15_000

/** Says that it stopped when it has: what comes next may count on that. */
export async function run({ out, globals }: Context, _input: Input): Promise<undefined> {
  let lost = (): void => {}
  const gone = new Promise<true>((resolve) => {
    lost = () => resolve(true)
  })
  const holder = await holderOf(globals, () => lost())
  if (holder === undefined) {
    out.done('daemon.stop', safe`No daemon was running.`)
    return
  }
  await holder.call('stop', {})
  const timer = new AbortController()
  const left = await Promise.race([
    gone,
    pause(LEAVES_WITHIN_MS, false, { signal: timer.signal }).catch(() => false),
  ])
  timer.abort()
  holder.close()
  if (!left) throw timedOut('The daemon was asked to stop and is still finishing what it does.')
  out.done('daemon.stop', safe`Stopped.`)
}
