// What the bundle changes of Ink, so that it is there at once and in one CommonJS file: nothing waits
// at the top of a module, and nothing is loaded for what never happens here. Together a third of the
// time to the first frame. A release of Ink or Yoga that looks otherwise fails the build.
import { readFile } from 'node:fs/promises'

/** For debuggers, by way of a variable that a user may have for another reason. */
const RECONCILER = [
  ["await import('./devtools.js')", 'undefined'],
  ['await loadPackageJson()', '{}'],
]
/** Yoga waits for its engine, whose bytes stand in its own source. */
const YOGA = [['wrapAssembly(await loadYoga())', 'wrapAssembly(loadYoga())']]
const ENGINE = /"data:application\/octet-stream;base64,([^"]+)"/

export const INK_AT_ONCE = {
  name: 'ink-at-once',
  setup(build) {
    const changed = (filter, change) =>
      build.onLoad({ filter }, async ({ path }) => ({
        contents: change(await readFile(path, 'utf8'), path),
      }))
    changed(/ink[/\\]build[/\\]reconciler\.js$/, replaced(RECONCILER))
    changed(/yoga-layout[/\\]dist[/\\]src[/\\]index\.js$/, replaced(YOGA))
    changed(/yoga-wasm-base64-esm\.js$/, atOnce)
    // All that Ink measures is one mark for each row (src/tui/screen/rows.tsx), each a column wide:
    // nobody has to compile what an emoji is.
    build.onResolve({ filter: /^string-width$/ }, ({ path }) => ({ path, namespace: 'marks' }))
    build.onLoad({ filter: /./, namespace: 'marks' }, () => ({
      contents: 'export default (text) => [...text].length',
    }))
  },
}

const replaced = (pairs) => (source, path) =>
  pairs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${path} does not have: ${from}`)
    return text.replace(from, to)
  }, source)

/** The same engine, made while the caller waits, as its loader lets one do. */
function atOnce(source, path) {
  const [url, base64] = ENGINE.exec(source) ?? []
  if (url === undefined) throw new Error(`${path} does not hold its engine`)
  return `${source.replace(url, '"data:"').replace('export default loadYoga', '')}
export default () => {
  const engine = new WebAssembly.Module(Buffer.from('${base64}', 'base64'))
  const module = {
    wasmBinary: new Uint8Array(),
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(engine, imports)
      done(instance)
      return instance.exports
    },
  }
  loadYoga(module)
  return module
}
`
}
