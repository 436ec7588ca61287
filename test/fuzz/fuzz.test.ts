// Everything that reads what it did not write: a value or its one error comes out, whatever goes in
// (P11, P13). A million inputs for each with SOTTO_FUZZ=1000000; SOTTO_SEED repeats a run.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HOUSE, READS } from './house.ts'
import { fuzz, INPUTS, SEED, type Target, TIMEOUT_MS } from './inputs.ts'
import { LOCAL } from './local.ts'
import { SERVED } from './served.ts'
import { fuzzSessions } from './sessions.ts'
import { SHOWN } from './shown.ts'
import { WIRE } from './wire.ts'

const TARGETS = [...WIRE, ...LOCAL, ...SERVED, ...SHOWN]
const root = resolve(import.meta.dirname, '../..')

describe('no decoder is forgotten', () => {
  test('every file that reads bytes or text is tried, or says why not', () => {
    const files = ['src', 'server', 'bin']
      .flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, withFileTypes: true }),
      )
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((file) => READS.test(readFileSync(join(root, file), 'utf8')))
    expect(files.sort()).toEqual(Object.keys(HOUSE).sort())
  })

  test('and by a target that is there', () => {
    const names = TARGETS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const wanted = Object.values(HOUSE).filter((tried) => typeof tried !== 'string')
    expect(wanted.flat().filter((name) => !names.includes(name))).toEqual([])
  })
})

describe(`${INPUTS} inputs from seed ${SEED}`, { timeout: TIMEOUT_MS }, () => {
  test.each(TARGETS)('bring out of $name a value or its one error', async (target) => {
    expect(target.seeds.length).toBeGreaterThan(0)
    // What is genuine is read: otherwise only its beginning would be tried.
    await target.run(bytesOf(target.seeds[0]))
    await fuzz(target)
  })

  test('move two sessions, and lose, double and invent nothing', () => {
    fuzzSessions(SEED, INPUTS)
  })
})

const bytesOf = (seed: Uint8Array | string | undefined): Uint8Array =>
  typeof seed === 'string' ? Buffer.from(seed) : (seed ?? new Uint8Array())

describe('what is planted is found', () => {
  const planted = (run: Target['run']): Target => ({
    name: 'planted',
    seeds: ['{"a":[1,2,3],"b":"text"}'],
    run,
    refuses: (error) => error instanceof SyntaxError,
  })

  test.each<[string, Target['run']]>([
    ['another error', (raw) => JSON.parse(Buffer.from(raw).toString()).b.length],
    ['a byte that is not checked', (raw) => raw[3] === 0xff && nothing()],
    ['a promise that fails', async (raw) => raw.length === 0 && nothing()],
  ])('%s', async (_what, run) => {
    await expect(fuzz(planted(run), 1, 20_000)).rejects.toThrow(/planted: seed 1, input/)
  })
})

function nothing(): never {
  throw new TypeError('planted')
}
