import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadPiece } from '../../src/commands/code-cache.ts'

const root = mkdtempSync(join(tmpdir(), 'code-cache-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const fresh = (): string => join(mkdtempSync(join(root, 'home-')), 'code')

let pieces = 1000
/** Each is another file of the same length: V8 remembers what it compiled in this process. */
function piece(answer: '42' | '17'): string {
  pieces += 1
  const path = join(root, `piece-${pieces}.cjs`)
  writeFileSync(path, `exports.answer = () => ${answer} // ${pieces}`)
  return path
}

interface Run {
  readonly path?: string
  readonly build?: string
  readonly command?: string
}

function run(folder: string, { path = piece('42'), build = 'b1', command = 'send' }: Run = {}) {
  const { exports, ended } = loadPiece({ path, build }, folder, command)
  return { answer: (exports as { readonly answer: () => number }).answer(), ended }
}

function only(folder: string): string {
  const [name, ...more] = readdirSync(folder)
  expect(more).toEqual([])
  return join(folder, String(name))
}

test('what one run compiled is there for the next, and a run that failed keeps nothing', () => {
  const folder = fresh()
  run(folder).ended(1)
  expect(() => readdirSync(folder)).toThrow()
  run(folder).ended(0)
  const kept = readFileSync(only(folder))
  expect(run(folder).answer).toBe(42)
  run(folder).ended(0)
  expect(readFileSync(only(folder))).toEqual(kept)
})

test('what V8 cannot use is made anew', () => {
  const folder = fresh()
  run(folder).ended(0)
  writeFileSync(only(folder), 'not what V8 wrote')
  const { answer, ended } = run(folder)
  expect(answer).toBe(42)
  ended(0)
  // Its length differs by a few bytes from time to time; what can be used is left as it is.
  const made = readFileSync(only(folder))
  expect(made.includes('not what V8 wrote')).toBe(false)
  run(folder).ended(0)
  expect(readFileSync(only(folder))).toEqual(made)
})

test('code is run as it is kept, so not out of a folder that somebody else may write to', () => {
  const folder = fresh()
  run(folder, { path: piece('17') }).ended(0)
  expect(run(folder).answer).toBe(17)
  chmodSync(folder, 0o722)
  expect(run(folder).answer).toBe(42)
})

test('another build does not use what the last one left, and removes it', () => {
  const folder = fresh()
  run(folder, { path: piece('17') }).ended(0)
  const { answer, ended } = run(folder, { build: 'b2' })
  expect(answer).toBe(42)
  ended(0)
  expect(only(folder)).toContain('-b2-')
})

test('a command that nobody calls often keeps nothing', () => {
  const folder = fresh()
  loadPiece({ path: piece('42'), build: 'b1' }, folder, undefined).ended(0)
  expect(() => readdirSync(folder)).toThrow()
})
