// A disk of its own, a few megabytes small, that can be filled and emptied. Only root may mount one.

import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly path: string
  /** Not a byte is left. */
  fill(): void
  free(): void
  remount(option: string): void
  close(): void
}

/** Undefined where nothing may be mounted: then says why, unless everything is required. */
export function mayMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'sotto-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' })
    execFileSync('umount', [probe])
    return true
  } catch (error) {
    if (process.env.SOTTO_REQUIRE_ALL === '1') throw error
    process.stderr.write('skipped: a small disk can be mounted by root alone\n')
    return false
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}

export function smallDisk(size = '4m'): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'sotto-small-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path])
  const ballast = join(path, 'ballast')
  return {
    path,
    fill() {
      const file = openSync(ballast, 'w')
      // Whole pages first, then whatever the last one still takes.
      for (const block of [Buffer.alloc(64 * 1024), Buffer.alloc(4096)]) {
        try {
          for (;;) if (writeSync(file, block) < block.length) break
        } catch {
          // Full, as it is to be.
        }
      }
      closeSync(file)
    },
    free: () => rmSync(ballast, { force: true }),
    remount: (option) => {
      execFileSync('mount', ['-o', `remount,${option}`, path])
    },
    close() {
      execFileSync('umount', ['-l', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}
