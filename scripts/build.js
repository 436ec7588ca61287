// Builds dist/: minified ESM with one entry per program and lazy chunks, so that a script
// that sends one message pays for neither the server nor the screen.
import { existsSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const entryPoints = [
  { in: 'bin/sotto.ts', out: 'sotto' },
  { in: 'bin/sotto-server.ts', out: 'sotto-server' },
  // A thread is started by its file: it cannot be a chunk.
  { in: 'server/storage/sqlite/worker.ts', out: 'storage-worker' },
].filter((entry) => existsSync(entry.in))
rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Native addons and their loaders stay outside: they find their binaries beside themselves.
  external: ['better-sqlite3-multiple-ciphers', '@napi-rs/keyring'],
  banner: {
    js: "import{createRequire as sottoRequire}from'node:module';const require=sottoRequire(import.meta.url);",
  },
})
