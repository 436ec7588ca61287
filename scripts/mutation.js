// `npm run mutation [-- FILES…]`: Stryker over the pure core, with a runner of our own. It brings a
// hundred and sixty packages along, so it is fetched when it is wanted, and no dependency.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const STRYKER = '@stryker-mutator/core@9.6.1'
const PROGRAM = 'node_modules/.bin/stryker'

function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync(PROGRAM)) {
  run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', STRYKER])
}
const [files] = process.argv.slice(2)
run(PROGRAM, ['run', ...(files === undefined ? [] : ['--mutate', files])])
