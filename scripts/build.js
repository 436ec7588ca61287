// Builds dist/.
import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildProgram } from './build-program.js'

const outputs = await buildProgram('dist')

// What an earlier build left goes last, so that there is a whole program at every moment.
const built = new Set(outputs.map((path) => basename(path)))
for (const name of readdirSync('dist')) {
  if (!built.has(name)) rmSync(join('dist', name), { recursive: true })
}
