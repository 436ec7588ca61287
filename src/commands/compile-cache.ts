// Compiled code between runs, where the runtime offers it (Node 22 and newer), for what code-cache.ts
// keeps none of.

import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Never the runtime's default in /tmp: whoever creates that folder first decides what we run. */
export const codeFolder = (): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sotto', 'code')

export function useCompileCache(): void {
  const enable = (module as { enableCompileCache?: (folder: string) => unknown }).enableCompileCache
  enable?.(codeFolder())
}
