// `npm run bench [NAME…] [MORE…]`: runs the programs of this folder one after another, or those
// named first. What follows the names is handed to each: a plan, a size, `--strict`.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { machine } from './report/machine.ts'

const folder = import.meta.dirname
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3))
const args = process.argv.slice(2)
const firstOther = args.findIndex((arg) => !all.includes(arg))
const names = firstOther < 0 ? args : args.slice(0, firstOther)
const more = firstOther < 0 ? [] : args.slice(firstOther)
if (names.length === 0 && more.some((arg) => !arg.startsWith('--'))) {
  process.stderr.write(`no such bench: ${more[0]}; there are ${all.join(', ')}\n`)
  process.exit(2)
}
for (const name of names.length > 0 ? names : all) {
  process.stdout.write(`\n== ${name} · ${machine()}\n`)
  const program = ['--import', 'tsx', join(folder, `${name}.ts`), ...more]
  const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
