// `npm run mutation`: how much of what the pure core does is held by a test.

export default {
  plugins: ['./test/mutation/runner.js', './test/mutation/error-sentences.js'],
  ignorers: ['error-sentences'],
  mutate: ['src/crypto/**/*.ts', 'src/protocol/**/*.ts'],
  ignorePatterns: ['/bench', '/bin', '/dist', '/docs', '/reports', '/server'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  // A name that no file has: TypeScript 7 has no API to rewrite one with, and none needs it.
  tsconfigFile: 'none.json',
  concurrency: 2,
  // For a busy machine: the runner itself stops an endless loop much sooner.
  timeoutMS: 120_000,
  timeoutFactor: 0.5,
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 98, low: 95, break: 95 },
}
