// The processes of a measurement: bundled once as the product is, started anew for each run.

import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '../..')
/** Inside node_modules, so that the native addon is found. */
const folder = join(root, 'node_modules/.server-load')
const SLOW_DISK = join(folder, 'slow-disk.so')
/** A stranger's work ends by itself if its parent is gone. */
const BUSY_MS = 120_000

export async function bundle(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await build({
    entryPoints: [
      ...['fill', 'server', 'client', 'attack'].map((name) => ({
        in: join(root, `bench/load/${name}.ts`),
        out: name,
      })),
      ...['worker', 'checkpointer'].map((name) => ({
        in: join(root, `server/storage/sqlite/${name}.ts`),
        out: `storage-${name}`,
      })),
    ],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['better-sqlite3-multiple-ciphers'],
    banner: {
      js: "import{createRequire as benchRequire}from'node:module';const require=benchRequire(import.meta.url);",
    },
  })
}

/** `SERVER_FLAGS=--cpu-prof` and the like go to the measured process. */
export const start = (
  name: string,
  args: readonly string[],
  { flags = [], env = {} }: { flags?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): ChildProcess =>
  fork(join(folder, `${name}.js`), args, {
    execArgv: [...flags],
    env: { ...process.env, ...env },
  })

export async function runToEnd(name: string, args: readonly string[]): Promise<void> {
  const [code] = await once(start(name, args), 'exit')
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
}

/** Resolves to a child's next word; rejects if the child is gone instead. */
export function next<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a process ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as T)
    })
  })
}

/** Processes of the same rank that never wait. */
export const busy = (count: number): readonly ChildProcess[] =>
  Array.from({ length: count }, () =>
    spawn(process.execPath, [
      '-e',
      `const end = Date.now() + ${BUSY_MS}; while (Date.now() < end);`,
    ]),
  )

const SLOW_DISK_SOURCE = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
static void late(void) {
  long ms = atol(getenv("SLOW_DISK_MS"));
  struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
  nanosleep(&t, 0);
}
int fsync(int fd) { late(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { late(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
`

/** The environment in which every flush is late; undefined where there is no compiler for it. */
export function slowDisk(ms: number): NodeJS.ProcessEnv | undefined {
  const source = join(folder, 'slow-disk.c')
  writeFileSync(source, SLOW_DISK_SOURCE)
  try {
    execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-o', SLOW_DISK, source, '-ldl'], {
      stdio: 'ignore',
    })
  } catch {
    return undefined
  }
  return { LD_PRELOAD: SLOW_DISK, SLOW_DISK_MS: String(ms) }
}
