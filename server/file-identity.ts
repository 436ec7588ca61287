// Which file a path names, beyond its name: a copy that was put in its place is another one.

import { statSync } from 'node:fs'
import type { Env } from '../src/protocol/env.ts'
import type { Restore } from './storage/directory-port.ts'

/** For a database that was, or may have been, put back. */
export function restoreOf(path: string, env: Env): Restore {
  const mark = new DataView(env.random(4).buffer).getUint32(0)
  return { mark: Math.max(1, mark), file: fileIdentity(path) }
}

/** Its number on the file system and when it was made there; what it holds does not matter. Where a
 *  file system does not say when, the number stands alone, and a copy may come by the same. */
function fileIdentity(path: string): string {
  const { ino, birthtimeNs } = statSync(path, { bigint: true })
  return `${ino} ${birthtimeNs}`
}
