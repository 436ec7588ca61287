// docs/threat-model.md to its word: every attack has a row, every row a status, and what is called
// proven names tests that are there.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/threat-model.md'), 'utf8')

/** How many attacks each section has. */
const SECTIONS = { A: 12, R: 12, G: 11, P: 13, L: 11, N: 17, M: 6, C: 4 } as const
const IDS = Object.entries(SECTIONS).flatMap(([section, count]) =>
  Array.from({ length: count }, (_, index) => `${section}${index + 1}`),
)
/** Known to be missing. A row leaves this list when it is proven, and none comes in unseen. */
const OPEN: readonly string[] = []

const STATUSES = ['proven', 'open', 'later storey', 'struck'] as const
type Status = (typeof STATUSES)[number]

interface Row {
  readonly id: string
  readonly attack: string
  readonly does: string
  readonly status: string
  readonly proofs: readonly { readonly file: string; readonly title: string }[]
}

const ROW = /^\| ([A-Z]\d+) \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm

const rows: readonly Row[] = [...page.matchAll(ROW)].map(
  ([, id = '', attack = '', does = '', status = '', proof = '']) => ({
    id,
    attack: attack.trim(),
    does: does.trim(),
    status: status.trim(),
    proofs: [...proof.matchAll(/`([^`›]+) › ([^`]+)`/g)].map(([, file = '', title = '']) => ({
      file: join('test', file),
      title,
    })),
  }),
)

const having = (status: Status): readonly Row[] => rows.filter((row) => row.status === status)

/** The title is the first argument of `test(`, or of what `test.each(…)` and its like made, in a
 *  file without its comments. A test that is skipped, or a `describe`, is none. */
function isTest(file: string, title: string): boolean {
  const code = readFileSync(join(root, file), 'utf8').replace(/^\s*\/\/.*$/gm, '')
  for (const quote of ["'", '"', '`']) {
    for (let at = code.indexOf(quote + title + quote); at >= 0; ) {
      const before = code.slice(0, at).trimEnd()
      const after = code.slice(at + title.length + 2).trimStart()
      if (before.endsWith('(') && after.startsWith(',') && isCallOfTest(before)) return true
      at = code.indexOf(quote + title + quote, at + 1)
    }
  }
  return false
}

function isCallOfTest(upToParenthesis: string): boolean {
  const callee = upToParenthesis.slice(0, -1)
  if (/\btest(\.concurrent)?$/.test(callee)) return true
  const makers = [...callee.matchAll(/\b(test|describe)\.(?:each|skipIf|runIf)(?:<[^>]*>)?\(/g)]
  return callee.endsWith(')') && makers.at(-1)?.[1] === 'test'
}

describe('the threat model', () => {
  test('has a row for every attack, once and in order', () => {
    expect(rows.map(({ id }) => id)).toEqual(IDS)
  })

  test('says of each what it is, what is done, and how it stands', () => {
    for (const { id, attack, does, status } of rows) {
      expect(STATUSES, id).toContain(status)
      expect(attack.length, id).toBeGreaterThan(10)
      expect(does.length, id).toBeGreaterThan(10)
    }
  })

  test('names a test for all that it calls proven', () => {
    expect(having('proven').filter(({ proofs }) => proofs.length === 0)).toEqual([])
    const cells = page.match(/›/g)?.length ?? 0
    expect(rows.flatMap(({ proofs }) => proofs)).toHaveLength(cells)
  })

  test('names tests that are there', () => {
    const missing = rows.flatMap(({ id, proofs }) =>
      proofs
        .filter(({ file, title }) => !existsSync(join(root, file)) || !isTest(file, title))
        .map(({ file, title }) => `${id}: ${file} › ${title}`),
    )
    expect(missing).toEqual([])
  })

  test('is open where we know it, and nowhere else', () => {
    expect(having('open').map(({ id }) => id)).toEqual(OPEN)
  })

  test('sends its readers to the columns of both databases', () => {
    for (const [name, heading] of [
      ['storage.md', '## The database'],
      ['storage.md', '## The keychain'],
      ['operations.md', '## What is kept, column by column'],
    ] as const) {
      expect(page).toContain(`(${name}), “${heading.slice(3)}”`)
      expect(readFileSync(join(root, 'docs', name), 'utf8')).toContain(`${heading}\n`)
    }
  })
})
