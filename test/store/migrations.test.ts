import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { migrate, schemaVersion } from '../../src/store/migrations.ts'
import { createDatabase, openDatabase } from '../../src/store/open.ts'
import { MIGRATIONS } from '../../src/store/schema.ts'
import { createStore, openStore } from '../../src/store/sqlite-store.ts'
import { KEY, PLACES, stepsDyingAt } from './migration-steps.ts'

const folder = mkdtempSync(join(tmpdir(), 'migrations-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CHILD = join(import.meta.dirname, 'child-migrate.ts')

function dieAt(path: string, place: string): NodeJS.Signals | null {
  const ran = spawnSync(process.execPath, ['--import', 'tsx', CHILD, path, place], {
    encoding: 'utf8',
  })
  if (ran.signal === null && ran.status !== 0) throw new Error(ran.stderr)
  return ran.signal
}

describe('migrations', () => {
  test.each(PLACES)('a process killed at %s leaves one version or the next', (place) => {
    const path = join(folder, `${place}.db`)
    expect(dieAt(path, place)).toBe('SIGKILL')
    const connection = openDatabase({ path, key: KEY })
    // What a step that did not commit had done is gone with it.
    expect(schemaVersion(connection)).toBe(Number(place[0]) - 1)
    migrate(
      connection,
      stepsDyingAt('nowhere', () => undefined),
    )
    expect(schemaVersion(connection)).toBe(3)
    expect(connection.all('SELECT text, at FROM copy')).toEqual([{ text: 'one', at: 5 }])
    connection.close()
  })

  test('a step that fails leaves the version before it', () => {
    const path = join(folder, 'fails.db')
    const connection = createDatabase({ path, key: KEY })
    const steps = stepsDyingAt('2-end', () => {
      throw new Error('stop')
    })
    expect(() => migrate(connection, steps)).toThrow('stop')
    expect(schemaVersion(connection)).toBe(1)
    expect(connection.all('SELECT * FROM notes')).toEqual([{ row: 1, text: 'one' }])
    connection.close()
  })

  test('a newer schema is refused and left alone', () => {
    const path = join(folder, 'newer.db')
    createStore({ path, key: KEY }).close()
    const connection = openDatabase({ path, key: KEY })
    connection.pragma('user_version = 99')
    connection.close()
    expect(() => openStore({ path, key: KEY })).toThrow(
      expect.objectContaining({ code: 'newer_schema', message: expect.stringContaining('99') }),
    )
  })

  test('versions are 1, 2, 3 … without a gap', () => {
    expect(MIGRATIONS.map((step) => step.version)).toEqual(MIGRATIONS.map((_, index) => index + 1))
  })
})
