// Builds dist/: minified ESM with one entry per program and lazy chunks, so that a script
// that sends one message pays for neither the server nor the screen.
import { existsSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const entryPoints = ['bin/sotto.ts', 'bin/sotto-server.ts'].filter((file) => existsSync(file))
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
