// As much of vitest's face as the tests of the pure core use, over vitest's own `expect`.

import { createRequire } from 'node:module'

const require = createRequire(createRequire(import.meta.url).resolve('vitest'))
const chai = require('chai')
const { JestAsymmetricMatchers, JestChaiExpect, JestExtend } = require('@vitest/expect')
for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin)

let path = []
let tests = []

/** The tests that a file declares while `evaluate` runs it; or why it could not be run. */
export function collect(evaluate) {
  path = []
  tests = []
  try {
    evaluate()
    return { tests, failure: undefined }
  } catch (error) {
    return { tests: [], failure: error }
  }
}

function describe(name, body) {
  path = [...path, name]
  body()
  path = path.slice(0, -1)
}

/** Options, if any, are a time limit or a repetition: Stryker keeps the time here. */
function test(name, ...rest) {
  const run = rest.find((each) => typeof each === 'function')
  tests.push({ name: [...path, name].join(' › '), run })
}

const over =
  (declare) =>
  (cases) =>
  (name, ...rest) => {
    const at = rest.findIndex((each) => typeof each === 'function')
    for (const [index, item] of cases.entries()) {
      const args = Array.isArray(item) ? item : [item]
      const bound = () => rest[at](...args)
      declare(`${name} (${index})`, ...rest.with(at, bound))
    }
  }

const only = (declare) => (skipped) => (skipped ? () => {} : declare)

export const face = {
  describe: Object.assign(describe, { each: over(describe), skipIf: only(describe) }),
  test: Object.assign(test, { each: over(test), skipIf: only(test) }),
  expect: chai.expect,
}
