// Runs migrations and kills itself at a given place. Arguments: the database's path and the place.

import { existsSync } from 'node:fs'
import { migrate } from '../../src/store/migrations.ts'
import { createDatabase, openDatabase } from '../../src/store/open.ts'
import { KEY, stepsDyingAt } from './migration-steps.ts'

const [path = '', place = ''] = process.argv.slice(2)
const connection = existsSync(path)
  ? openDatabase({ path, key: KEY })
  : createDatabase({ path, key: KEY })
migrate(
  connection,
  stepsDyingAt(place, () => process.kill(process.pid, 'SIGKILL')),
)
