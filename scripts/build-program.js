// The bundle: minified ESM with one entry per program and lazy chunks, so that a script that sends
// one message pays for neither the server nor the screen. `plugins` is for tests, which build the
// same program with something exchanged.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'

import { writeFile } from 'node:fs/promises'
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

/** In the quick piece a command that wants the screen or the server is only named. */
const ELSEWHERE = /src[/\\]commands[/\\](server|demo|chat[/\\]talk)/
/** What the runtime brings and most calls do without is loaded at its first use. */
const SELDOM = /^(node:)?(child_process|fs\/promises|https|tls|zlib)$/
const HEAVY = /^(server|src\/tui|node_modules\/(ink|react))\//
const quickPiece = {
  name: 'quick-piece',
  setup(build) {
    build.onLoad({ filter: ELSEWHERE }, ({ path }) =>
      path.endsWith('table.ts') ? undefined : { contents: 'export const elsewhere = true' },
    )
    build.onResolve({ filter: SELDOM }, ({ path, namespace }) =>
      namespace === 'seldom' ? { path, external: true } : { path, namespace: 'seldom' },
    )
    build.onLoad({ filter: /./, namespace: 'seldom' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default')
      const getters = names.map((name) => `get ${name}() { return require('${path}').${name} }`)
      return { contents: `module.exports = { ${getters.join(',')} }` }
    })
    // The database's own loader looks through a dozen files for what stands in one place.
    build.onResolve({ filter: /^bindings$/ }, ({ path }) => ({ path, namespace: 'binding' }))
    build.onLoad({ filter: /./, namespace: 'binding' }, () => ({
      contents: `module.exports = () => require(${JSON.stringify(BINDING)})`,
    }))
  },
}

/** Of the hash that tells one build's compiled code from another's. */
const BUILD_DIGITS = 16
const COMMON = {
  absWorkingDir: root,
  metafile: true,
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  platform: 'node',
  target: 'node20.19',
  jsx: 'automatic',
}
const PRODUCTION = { 'process.env.NODE_ENV': '"production"' }
/** A native addon in its package: not found by looking, as the package's own loader would. */
const BINDING = 'better-sqlite3-multiple-ciphers/build/Release/better_sqlite3.node'

/** Resolves with the paths of what was written, relative to the root. */
export async function buildProgram(outdir, plugins = []) {
  const all = [WITHOUT_DEVTOOLS, ...plugins]
  const whole = await build({
    ...COMMON,
    entryPoints: ENTRIES.filter((entry) => existsSync(join(root, entry.in))),
    outdir,
    plugins: all,
    splitting: true,
    format: 'esm',
    define: PRODUCTION,
    // Native addons and their loaders stay outside: they find their binaries beside themselves.
    external: ['better-sqlite3-multiple-ciphers', '@napi-rs/keyring'],
    banner: {
      js: "import{createRequire as sottoRequire}from'node:module';const require=sottoRequire(import.meta.url);",
    },
  })
  return [...Object.keys(whole.metafile.outputs), ...(await buildStart(outdir, all))]
}

/** `sotto.cjs`, which is what users start, and the piece that it starts. CommonJS, in one file
 *  each: that is how they start soonest, and what V8 keeps compiled code of. */
async function buildStart(outdir, plugins) {
  const common = {
    ...COMMON,
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: {
      ...PRODUCTION,
      'import.meta.url': 'sotto.url',
      'import.meta.dirname': '__dirname',
    },
    banner: {
      js: "const sotto={get url(){return require('node:url').pathToFileURL(__filename).href}};",
    },
  }
  const quick = await build({
    ...common,
    entryPoints: [{ in: 'bin/quick.ts', out: 'quick' }],
    plugins: [quickPiece, ...plugins],
    supported: { 'dynamic-import': false },
    external: [BINDING, '@napi-rs/keyring'],
    write: false,
  })
  const heavy = Object.keys(quick.metafile.inputs).find((input) => HEAVY.test(input))
  if (heavy !== undefined) throw new Error(`${heavy} has no place in the quick piece`)
  const [file] = quick.outputFiles
  const code = escaped(file.text)
  await writeFile(file.path, code)
  const hash = createHash('sha256').update(code).digest('hex')
  const start = await build({
    ...common,
    entryPoints: [{ in: 'bin/sotto-start.ts', out: 'sotto' }],
    plugins,
    define: { ...common.define, QUICK_BUILD: JSON.stringify(hash.slice(0, BUILD_DIGITS)) },
  })
  return [...Object.keys(quick.metafile.outputs), ...Object.keys(start.metafile.outputs)]
}

/** ASCII, so that it is one byte a character in memory too. What stays after the bundler is in
 *  templates and expressions, where the escape means the same. */
const escaped = (code) =>
  code.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(UNIT_DIGITS, '0')}`,
  )
const UNIT_DIGITS = 4
