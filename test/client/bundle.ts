// A program of these tests as one file, so that thirty processes start in seconds.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '../..')

export interface Bundle {
  readonly path: string
  remove(): void
}

/** Under node_modules, where the native libraries are found from. */
export async function bundle(source: string): Promise<Bundle> {
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'sotto-test-'))
  await build({
    entryPoints: [join(import.meta.dirname, source)],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['better-sqlite3-multiple-ciphers', '@napi-rs/keyring'],
    banner: {
      js: "import{createRequire as testRequire}from'node:module';const require=testRequire(import.meta.url);",
    },
    logLevel: 'silent',
  })
  return {
    path: join(folder, source.replace(/\.ts$/, '.mjs')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
