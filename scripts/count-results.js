// Adds up vitest's JSON reports and prints the one closing line. Fails if anything failed, if no
// test ran, or, while SOTTO_REQUIRE_ALL is set, if a test was skipped that could have run: the
// published vectors are no component that can be installed, so a checkout without them may skip
// the tests that say so in their title.
import { readFileSync } from 'node:fs'

const EXCUSED = /where (the vectors are )?absent/

let passed = 0
let failed = 0
const skipped = []
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'))
  passed += report.numPassedTests
  failed += report.numFailedTests
  // A file that did not even load has no failed test of its own.
  if (!report.success && report.numFailedTests === 0) failed += 1
  for (const { assertionResults } of report.testResults) {
    for (const { status, fullName } of assertionResults) {
      if (status !== 'passed' && status !== 'failed') skipped.push(fullName)
    }
  }
}
const owed = skipped.filter((name) => !EXCUSED.test(name))
for (const name of skipped) process.stdout.write(`skipped: ${name}\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
const incomplete = process.env.SOTTO_REQUIRE_ALL === '1' && owed.length > 0
process.exit(failed > 0 || passed === 0 || incomplete ? 1 : 0)
