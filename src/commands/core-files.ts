// A core file is a copy of the process's memory: keys, passphrase and texts, in whatever folder the
// process was started (L6). So ours are made without any memory.

import { writeFileSync } from 'node:fs'

/** No kind of mapping goes into the file. What is left are registers and the names of libraries. */
const NO_MEMORY = '0'

/** On Linux, where the kernel takes this for the whole process and for the programs it starts.
 *  Elsewhere core files have to be turned off from outside. */
export function keepMemoryOutOfCoreFiles(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', NO_MEMORY)
  } catch {
    // No Linux, or a sandbox without /proc.
  }
}
