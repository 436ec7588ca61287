// Adds up vitest's JSON reports and prints the one closing line. Fails if anything failed, was
// skipped while SOTTO_REQUIRE_ALL is set, or if no test ran.
import { readFileSync } from 'node:fs'

let passed = 0
let failed = 0
let skipped = 0
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'))
  passed += report.numPassedTests
  failed +=
    report.numFailedTests + report.numFailedTestSuites * (report.numFailedTests === 0 ? 1 : 0)
  skipped += report.numPendingTests + report.numTodoTests
}
const wrong = failed > 0 || passed === 0 || (process.env.SOTTO_REQUIRE_ALL === '1' && skipped > 0)
if (skipped > 0) process.stdout.write(`${skipped} skipped\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(wrong ? 1 : 0)
