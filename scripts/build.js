// Builds dist/: minified ESM with one entry per program and lazy chunks, so that a script
// that sends one message pays for neither the server nor the screen.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const entryPoints = [
  { in: 'bin/sotto.ts', out: 'sotto' },
  { in: 'bin/sotto-server.ts', out: 'sotto-server' },
  // A thread is started by its file: it cannot be a chunk.
  { in: 'server/storage/sqlite/worker.ts', out: 'storage-worker' },
].filter((entry) => existsSync(entry.in))
const { metafile } = await build({
  entryPoints,
  outdir: 'dist',
  metafile: true,
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

// What an earlier build left goes last, so that there is a whole program at every moment.
const built = new Set(Object.keys(metafile.outputs).map((path) => basename(path)))
for (const name of readdirSync('dist')) {
  if (!built.has(name)) rmSync(join('dist', name), { recursive: true })
}
