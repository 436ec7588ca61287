// The engine lets garbage lie for as long as the machine has room. A screen and a server are there all
// day beside everything else: they collect sooner.

import { setFlagsFromString } from 'node:v8'

/** The old space grows by a fifth beyond what lives. */
const TIDY = ['--heap-growing-percent=20']
/** And the young one no further: half of a screen's memory. A server's many short lives need it. */
const SMALL = [...TIDY, '--semi-space-growth-factor=1']
/** As V8 has them by itself: compiled code is of use only to who has the flags it was kept with. */
const AS_BEFORE = ['--heap-growing-percent=0', '--semi-space-growth-factor=2']
/** Once everything is loaded and drawn: what is made until then mostly stays. */
const AFTER_MS = 1_000

/** Until what it returns is called. */
export const keepHeapSmall = (): (() => void) => kept(SMALL)
export const keepHeapTidy = (): (() => void) => kept(TIDY)

function kept(flags: readonly string[]): () => void {
  const timer = setTimeout(() => set(flags), AFTER_MS).unref()
  return () => {
    clearTimeout(timer)
    set(AS_BEFORE)
  }
}

function set(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag)
}
