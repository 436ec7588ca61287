// Adds up vitest's JSON reports, tells again what failed, which is far above in the output by now, and
// prints the one closing line. Fails if anything failed, if no test ran, or, while SOTTO_REQUIRE_ALL is
// set, if a test was skipped that could have run: the published vectors are no component that can be
// installed, so a checkout without them may skip the tests that say so in their title.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Characters of what a failed test says. */
const WHY_LENGTH = 4_000
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
  for (const { name, message, assertionResults } of report.testResults) {
    if (message !== '') process.stdout.write(`failed: ${basename(file)}: ${name}\n${message}\n`)
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status === 'failed') {
        process.stdout.write(`failed: ${basename(file)}: ${name}: ${fullName}\n`)
        for (const why of failureMessages) process.stdout.write(`${why.slice(0, WHY_LENGTH)}\n`)
      } else if (status !== 'passed') {
        skipped.push(fullName)
      }
    }
  }
}
const owed = skipped.filter((name) => !EXCUSED.test(name))
for (const name of skipped) process.stdout.write(`skipped: ${name}\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
const incomplete = process.env.SOTTO_REQUIRE_ALL === '1' && owed.length > 0
process.exit(failed > 0 || passed === 0 || incomplete ? 1 : 0)
