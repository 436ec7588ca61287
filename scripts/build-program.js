// The bundle: minified ESM with one entry per program and lazy chunks, so that a script that sends
// one message pays for neither the server nor the screen. `plugins` is for tests, which build the
// same program with something exchanged.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')

const ENTRIES = [
  { in: 'bin/sotto.ts', out: 'sotto' },
  { in: 'bin/sotto-server.ts', out: 'sotto-server' },
  // A thread is started by its file: it cannot be a chunk.
  { in: 'server/storage/sqlite/worker.ts', out: 'storage-worker' },
  // A process of its own, for what strangers made.
  { in: 'src/tui/images/decoder.ts', out: 'picture-decoder' },
]

/** Ink reaches for a debugger's window when the environment says DEV: that is not for users. */
const WITHOUT_DEVTOOLS = {
  name: 'without-devtools',
  setup(build) {
    build.onLoad({ filter: /ink[/\\]build[/\\]devtools\.js$/ }, () => ({ contents: '' }))
  },
}

/** Resolves with the paths of what was written, relative to the root. */
export async function buildProgram(outdir, plugins = []) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES.filter((entry) => existsSync(join(root, entry.in))),
    outdir,
    plugins: [WITHOUT_DEVTOOLS, ...plugins],
    metafile: true,
    bundle: true,
    splitting: true,
    minify: true,
    sourcemap: false,
    legalComments: 'none',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    // Native addons and their loaders stay outside: they find their binaries beside themselves.
    external: ['better-sqlite3-multiple-ciphers', '@napi-rs/keyring'],
    banner: {
      js: "import{createRequire as sottoRequire}from'node:module';const require=sottoRequire(import.meta.url);",
    },
  })
  return Object.keys(metafile.outputs)
}
