import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Two workers: the smallest machine that we promise to pass on has two cores.
    maxWorkers: 2,
  },
})
