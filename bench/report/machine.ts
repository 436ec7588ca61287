// The machine that a figure is of, and how busy it was with other things.

import { execFileSync } from 'node:child_process'
import { cpus, loadavg, release, type } from 'node:os'
import { resolve } from 'node:path'

/** One line: day, commit, processors, runtime, and the load of the last minute. */
export function machine(): string {
  const [processor] = cpus()
  return [
    new Date().toISOString().slice(0, 10),
    commit(),
    `${cpus().length} × ${processor?.model.trim() ?? 'unknown'}`,
    `${type()} ${release()}`,
    `Node ${process.versions.node}`,
    `load ${(loadavg()[0] ?? 0).toFixed(1)}`,
  ].join(' · ')
}

/** With a `+` where the tree differs from it. */
function commit(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd: resolve(import.meta.dirname, '../..'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `commit ${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`
  } catch {
    return 'no commit'
  }
}
