// `npm run check`: types, lint, format, dead exports, the import table, cycles. Zero warnings.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const steps = [
  ['types', 'tsc', ['-p', '.']],
  ['lint and format', 'biome', ['check', '--error-on-warnings', '.']],
  ['dead exports', process.execPath, ['scripts/dead-exports.js']],
  ['import table and cycles', 'vitest', ['run', 'test/architecture.test.ts', '--silent']],
]
for (const [name, program, args] of steps) {
  const local = `node_modules/.bin/${program}`
  const { status } = spawnSync(existsSync(local) ? local : program, args, { stdio: 'inherit' })
  if (status !== 0) {
    process.stderr.write(`check: ${name} failed\n`)
    process.exit(1)
  }
}
process.stdout.write('check: all clean\n')
