// The bundle: minified ESM with one entry per program and lazy chunks, so that a script that sends
// one message pays for neither the server nor the screen. `plugins` is for tests, which build the
// same program with something exchanged.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { INK_AT_ONCE } from './ink-at-once.js'

const root = resolve(import.meta.dirname, '..')

const ENTRIES = [
  { in: 'bin/sotto.ts', out: 'sotto' },
  { in: 'bin/sotto-server.ts', out: 'sotto-server' },
  // A thread is started by its file: it cannot be a chunk.
  { in: 'server/storage/sqlite/worker.ts', out: 'storage-worker' },
  { in: 'server/storage/sqlite/checkpointer.ts', out: 'storage-checkpointer' },
  // A process of its own, for what strangers made.
  { in: 'src/tui/images/decoder.ts', out: 'picture-decoder' },
]

/** Commands that a piece only names: the whole program has them, or another piece. */
const SERVER = /src[/\\]commands[/\\](server|demo)/
/** What nothing that a script calls may pull in. */
const HEAVY = /^(server|src\/tui|node_modules\/(ink|react))\//
const TALK = /src[/\\]commands[/\\]chat[/\\]talk/
/** What the runtime brings and most calls do without is loaded at its first use. */
const SELDOM = /^(node:)?(child_process|fs\/promises|https?|inspector|tls|zlib)$/
const named = (filter, where) => ({
  name: `${where}-elsewhere`,
  setup(build) {
    build.onLoad({ filter }, ({ path }) =>
      path.endsWith('table.ts')
        ? undefined
        : { contents: `export const elsewhere = ${JSON.stringify(where)}` },
    )
  },
})
const onePiece = {
  name: 'one-piece',
  setup(build) {
    build.onResolve({ filter: SELDOM }, ({ path, namespace }) =>
      namespace === 'seldom' ? { path, external: true } : { path, namespace: 'seldom' },
    )
    build.onLoad({ filter: /./, namespace: 'seldom' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default')
      const getters = names.map((name) => `get ${name}() { return require('${path}').${name} }`)
      return { contents: `module.exports = { ${getters.join(',')} }` }
    })
    // Tables of numbers that only a first message needs.
    build.onResolve({ filter: /ml-kem\.js$/ }, ({ path, namespace, resolveDir }) =>
      namespace === 'first-use'
        ? undefined
        : { path, namespace: 'first-use', pluginData: resolveDir },
    )
    build.onLoad({ filter: /./, namespace: 'first-use' }, ({ path, pluginData }) => ({
      contents: `export const ml_kem1024 = {
        keygen: (...given) => require('${path}').ml_kem1024.keygen(...given),
        encapsulate: (...given) => require('${path}').ml_kem1024.encapsulate(...given),
        decapsulate: (...given) => require('${path}').ml_kem1024.decapsulate(...given),
      }`,
      resolveDir: pluginData,
    }))
    // The database's own loader looks through a dozen files for what stands in one place.
    build.onResolve({ filter: /^bindings$/ }, ({ path }) => ({ path, namespace: 'binding' }))
    build.onLoad({ filter: /./, namespace: 'binding' }, () => ({
      contents: `module.exports = () => require(${JSON.stringify(BINDING)})`,
    }))
    // As does the keychain's, with a file of 28 kB. Where its guess is wrong, it is asked.
    build.onResolve({ filter: /^@napi-rs\/keyring$/ }, ({ path, namespace }) =>
      namespace === 'keychain' ? { path, external: true } : { path, namespace: 'keychain' },
    )
    build.onLoad({ filter: /./, namespace: 'keychain' }, () => ({
      contents: `try { module.exports = require(${KEYCHAIN}) }
        catch { module.exports = require('@napi-rs/keyring') }`,
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
const PRODUCTION = {
  'process.env.NODE_ENV': '"production"',
  // Native helpers that nobody has beside us, looked for at every start.
  'process.env.WS_NO_BUFFER_UTIL': '"1"',
  'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
}
/** A native addon in its package: not found by looking, as the package's own loader would. */
const BINDING = 'better-sqlite3-multiple-ciphers/build/Release/better_sqlite3.node'
/** The same of the keychain's, where most are; as an expression. */
const KEYCHAIN = "'@napi-rs/keyring-'+process.platform+'-'+process.arch+'-gnu'"

/** Resolves with the paths of what was written, relative to the root. */
export async function buildProgram(outdir, plugins = []) {
  const all = [INK_AT_ONCE, ...plugins]
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

/** `sotto.cjs`, which is what users start, and the pieces that it starts: what scripts call, and that
 *  with the screen. CommonJS, in one file each: that is how they start soonest, and what V8 keeps
 *  compiled code of. */
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
  const piece = async (name, plugged, unwanted) => {
    const { metafile, outputFiles } = await build({
      ...common,
      entryPoints: [{ in: 'bin/piece.ts', out: name }],
      plugins: [onePiece, named(SERVER, 'whole'), ...plugged, ...plugins],
      supported: { 'dynamic-import': false },
      external: [BINDING, '@napi-rs/keyring'],
      write: false,
    })
    const heavy = Object.keys(metafile.inputs).find((input) => unwanted.test(input))
    if (heavy !== undefined) throw new Error(`${heavy} has no place in ${name}.cjs`)
    const [file] = outputFiles
    const code = escaped(file.text)
    await writeFile(file.path, code)
    return { code, outputs: Object.keys(metafile.outputs) }
  }
  const quick = await piece('quick', [named(TALK, 'screen')], HEAVY)
  const screen = await piece('screen', [], /^server\//)
  const hash = createHash('sha256').update(quick.code).update(screen.code).digest('hex')
  const start = await build({
    ...common,
    entryPoints: [{ in: 'bin/sotto-start.ts', out: 'sotto' }],
    plugins,
    define: { ...common.define, BUILD: JSON.stringify(hash.slice(0, BUILD_DIGITS)) },
  })
  return [...quick.outputs, ...screen.outputs, ...Object.keys(start.metafile.outputs)]
}

/** ASCII, so that it is one byte a character in memory too. What stays after the bundler is in
 *  templates and expressions, where the escape means the same. */
const escaped = (code) =>
  code.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(UNIT_DIGITS, '0')}`,
  )
const UNIT_DIGITS = 4
