import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appendsOf } from '../../src/client/appends.ts'
import type { AccountId, ClientId, LogId } from '../../src/protocol/ids.ts'
import type { OutboxRow } from '../../src/store/port.ts'

const ALICE = 'alice' as AccountId

const rowOf = (row: number, logs: readonly string[], version = 1, bytes = 10): OutboxRow => ({
  row,
  message: undefined,
  chat: undefined,
  lists: [{ account: ALICE, version }],
  items: logs.map((log) => ({
    log: log as LogId,
    clientId: `${row}` as ClientId,
    body: new Uint8Array(bytes),
  })),
  notBefore: 0,
  createdAt: 0,
})

const numbers = (appends: readonly (readonly OutboxRow[])[]): readonly (readonly number[])[] =>
  appends.map((rows) => rows.map(({ row }) => row))

describe('what goes out together', () => {
  test('are rows of one fate, in their order; other logs go beside them', () => {
    const rows = [rowOf(1, ['a']), rowOf(2, ['b']), rowOf(3, ['a']), rowOf(4, ['b'])]
    expect(numbers(appendsOf(rows, []))).toEqual([
      [1, 3],
      [2, 4],
    ])
  })

  test('is nothing of a log that waits for an answer', () => {
    const rows = [rowOf(1, ['a']), rowOf(2, ['a']), rowOf(3, ['b'])]
    expect(numbers(appendsOf(rows, [rowOf(1, ['a'])]))).toEqual([[3]])
  })

  test('is never a row that was encrypted for another list, nor what comes after it', () => {
    const rows = [rowOf(1, ['a']), rowOf(2, ['a'], 2), rowOf(3, ['a'])]
    expect(numbers(appendsOf(rows, []))).toEqual([[1]])
  })

  test('fits into a frame', () => {
    const large = Array.from({ length: 20 }, (_, index) => rowOf(index, ['a'], 1, 100_000))
    expect(numbers(appendsOf(large, []))).toEqual([[0, 1, 2, 3, 4]])
    const many = Array.from({ length: 100 }, (_, index) => rowOf(index, ['a', 'b']))
    expect(appendsOf(many, [])[0]).toHaveLength(32)
  })

  test('never lets a row overtake an older one of its log', () => {
    const logs = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
    const any = fc.array(fc.tuple(logs, fc.integer({ min: 1, max: 2 })), { maxLength: 12 })
    fc.assert(
      fc.property(any, fc.nat(3), (wishes, flying) => {
        const all = wishes.map(([row, version], index) => rowOf(index, row, version))
        const inFlight = all.slice(0, flying)
        const sent = appendsOf(all, inFlight)
        const flat = sent.flat()
        expect(new Set(flat).size).toBe(flat.length)
        for (const row of flat) {
          const older = all.filter(
            (other) =>
              other.row < row.row &&
              other.items.some(({ log }) => row.items.some((item) => item.log === log)),
          )
          const own = sent.find((rows) => rows.includes(row)) ?? []
          for (const before of older) expect(own.slice(0, own.indexOf(row))).toContain(before)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
