import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { createStore } from '../../src/store/sqlite-store.ts'
import { storeContract } from './contract.ts'
import { fill } from './rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'store-'))
let count = 0

afterAll(() => rmSync(folder, { recursive: true }))

storeContract('the SQLite store', () => {
  count += 1
  return createStore({ path: join(folder, `${count}.db`), key: fill(32, 42) })
})
