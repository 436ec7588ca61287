// The engine lets garbage lie for as long as the machine has room. A screen is open all day beside
// everything else: it collects sooner, which costs it less than a frame, and stays half as large.

import { setFlagsFromString } from 'node:v8'

const FLAGS = ['--optimize-for-size', '--semi-space-growth-factor=1']

export function keepHeapSmall(): void {
  for (const flag of FLAGS) setFlagsFromString(flag)
}
