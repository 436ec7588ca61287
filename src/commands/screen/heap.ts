// The engine lets garbage lie for as long as the machine has room. A screen is open all day beside
// everything else: it collects sooner, and stays half as large.

import { setFlagsFromString } from 'node:v8'

/** The old space grows by a fifth beyond what lives, and the young one no further. */
const SMALL = ['--heap-growing-percent=20', '--semi-space-growth-factor=1']
/** As V8 has them by itself: compiled code is of use only to who has the flags it was kept with. */
const AS_BEFORE = ['--heap-growing-percent=0', '--semi-space-growth-factor=2']
/** Once everything is loaded and drawn: what is made until then mostly stays. */
const AFTER_MS = 1_000

/** Until what it returns is called. */
export function keepHeapSmall(): () => void {
  const timer = setTimeout(() => set(SMALL), AFTER_MS).unref()
  return () => {
    clearTimeout(timer)
    set(AS_BEFORE)
  }
}

function set(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag)
}
