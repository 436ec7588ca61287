// What the kernel says of a process: its time, how often it woke, its memory. Linux only.

import { readdirSync, readFileSync } from 'node:fs'

interface Usage {
  /** Milliseconds on a processor, all threads. */
  readonly cpu: number
  /** How often one of its threads went to sleep by itself: as often as it woke. */
  readonly wakeups: number
  readonly memory: number
}

/** The kernel counts in hundredths of a second. */
const TICK_MS = 10
const MIB = 1024

export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = (path: string, name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(path, 'utf8'))?.[1] ?? 0)
  const threads = readdirSync(`/proc/${pid}/task`)
  return {
    cpu: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    wakeups: threads
      .map((thread) => status(`/proc/${pid}/task/${thread}/status`, 'voluntary_ctxt_switches'))
      .reduce((all, one) => all + one, 0),
    memory: status(`/proc/${pid}/status`, 'VmRSS') / MIB,
  }
}
