// Runs the tests of the pure core against one mutant after another in one process: a mutant costs
// some milliseconds here and most of a second in a fresh vitest. Every test file is bundled with
// the sources that it reaches, and evaluated anew for each mutant, so that nothing that one mutant
// spoiled is left to the next; only third-party libraries stay loaded, and warm.

import { createRequire } from 'node:module'
import { basename, dirname, resolve } from 'node:path'
import { Script } from 'node:vm'
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner'
import { build } from 'esbuild'
import { collect, face } from './collector.js'
import { isAbout, testFiles } from './test-files.js'

/** Little chance, and always the same: a mutant that only luck would kill is to survive. */
const CHANCE = { SOTTO_FUZZ: '300', SOTTO_SEED: '1', SOTTO_SHARE: '0.02' }

/** Of Stryker's hundred times: a loop that runs ten times as often as it should never ends. */
const LIMIT_SHARE = 0.1

/** What no test needs at a stretch, however busy the machine. A mutant that lets a forged number
 *  through loops four thousand million times, and is itself counted once. */
const STRETCH_MS = 20_000
/** Nor does one wait so long for what it awaits. */
const WAIT_MS = 60_000
const RUN = Symbol.for('sotto.mutation.run')
const stretch = new Script('globalThis[Symbol.for("sotto.mutation.run")]()')

const require = createRequire(import.meta.url)
const own = (id) => (id === 'vitest' ? face : require(id))

class InProcessRunner {
  static inject = []
  #files = []

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    Object.assign(process.env, CHANCE)
    // A mutant is dead at its first counterexample: nobody reads the smallest.
    require('fast-check').configureGlobal({ seed: 1, endOnFailure: true })
    // A mutant may leave a promise behind that nobody awaits any more.
    process.on('unhandledRejection', () => {})
    const files = await Promise.all(testFiles().map(bundle))
    this.#files = files.filter(({ reached }) => reached)
  }

  async dryRun() {
    const perTest = {}
    const tests = []
    for (const file of this.#files) {
      const ns = prepare({})
      const results = await runFile(file, undefined, (id) => {
        ns[INSTRUMENTER_CONSTANTS.CURRENT_TEST_ID] = id
      })
      tests.push(...results)
      // What ran while the file was loaded counts for each of its tests: they all stand on it.
      const { static: loading, perTest: covered } =
        ns[INSTRUMENTER_CONSTANTS.MUTATION_COVERAGE_OBJECT]
      const once = Object.fromEntries(Object.keys(loading).map((mutant) => [mutant, 1]))
      for (const { id } of results) perTest[id] = { ...once, ...covered[id] }
    }
    return { status: DryRunStatus.Complete, tests, mutantCoverage: { static: {}, perTest } }
  }

  async mutantRun({ activeMutant, hitLimit: generous, testFilter }) {
    const hitLimit = generous === undefined ? undefined : Math.ceil(generous * LIMIT_SHARE)
    const ns = prepare({ activeMutant: activeMutant.id, hitLimit })
    const wanted = testFilter && new Set(testFilter)
    const tests = []
    for (const file of this.#files) {
      if (testFilter && !testFilter.some((id) => fileOf(id) === file.name)) continue
      if (!isAbout(file.name, activeMutant.fileName)) continue
      tests.push(...(await runFile(file, wanted, () => {}, true)))
      if (tests.at(-1)?.status === TestStatus.Failed) break
    }
    const reason = tests.find(({ failureMessage }) => failureMessage === ENDLESS)?.name
    if (reason) return toMutantRunResult({ status: DryRunStatus.Timeout, reason })
    const stopped = determineHitLimitReached(ns[INSTRUMENTER_CONSTANTS.HIT_COUNT], hitLimit)
    return toMutantRunResult(stopped ?? { status: DryRunStatus.Complete, tests })
  }
}

async function bundle(path) {
  const folder = JSON.stringify(resolve(dirname(path)))
  const { outputFiles } = await build({
    entryPoints: [path],
    // esbuild was loaded before Stryker went to the copy that it mutates.
    absWorkingDir: process.cwd(),
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    packages: 'external',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.dirname': folder },
    logLevel: 'error',
  })
  const [{ text }] = outputFiles
  const script = new Script(`(function (module, exports, require) {${text}\n})`, {
    filename: basename(path),
  })
  // A file that stands on nothing that is mutated says nothing.
  return { name: path, script, reached: text.includes('stryMutAct') }
}

const SEPARATOR = ' › '
const idOf = (file, test) => `${file.name}${SEPARATOR}${test}`
const fileOf = (id) => id.slice(0, id.indexOf(SEPARATOR))

/** What the instrumented code reads and counts in. */
function prepare({ activeMutant, hitLimit }) {
  const ns = {
    [INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT]: activeMutant,
    [INSTRUMENTER_CONSTANTS.MUTATION_COVERAGE_OBJECT]: { static: {}, perTest: {} },
    [INSTRUMENTER_CONSTANTS.HIT_COUNT]: hitLimit === undefined ? undefined : 0,
    [INSTRUMENTER_CONSTANTS.HIT_LIMIT]: hitLimit,
  }
  globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] = ns
  return ns
}

async function runFile(file, wanted, begins, bail = false) {
  const evaluate = () => file.script.runInThisContext()({ exports: {} }, {}, own)
  const { tests, failure } = collect(evaluate)
  if (failure !== undefined) {
    const id = [...(wanted ?? [])].find((each) => fileOf(each) === file.name)
    return [result({ file, id: id ?? file.name, name: file.name }, failure, 0)]
  }
  const results = []
  for (const test of tests) {
    const id = idOf(file, test.name)
    if (wanted && !wanted.has(id)) continue
    begins(id)
    const begun = performance.now()
    const error = await outcome(test.run)
    results.push(result({ file, id, name: test.name }, error, performance.now() - begun))
    begins(undefined)
    if (bail && error !== undefined) break
  }
  return results
}

const ENDLESS = 'did not end'

/** What the test threw. */
async function outcome(run) {
  globalThis[RUN] = run
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(ENDLESS)), WAIT_MS)
  })
  try {
    await Promise.race([stretch.runInThisContext({ timeout: STRETCH_MS }), late])
    return undefined
  } catch (error) {
    if (error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return new Error(ENDLESS)
    return error ?? new Error('threw nothing')
  } finally {
    clearTimeout(timer)
  }
}

const result = ({ file, id, name }, error, timeSpentMs) => ({
  id,
  name,
  fileName: file.name,
  timeSpentMs,
  ...(error === undefined
    ? { status: TestStatus.Success }
    : { status: TestStatus.Failed, failureMessage: String(error?.message ?? error) }),
})

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner),
]
