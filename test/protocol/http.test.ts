import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { toBase64Url } from '../../src/protocol/bytes.ts'
import { errorShape, routes } from '../../src/protocol/http.ts'

const key = toBase64Url(new Uint8Array(32))

describe('the HTTP table', () => {
  test('no two routes answer to one method and path', () => {
    const places = Object.values(routes).map(({ method, path }) => `${method} ${path}`)
    expect(new Set(places).size).toBe(places.length)
  })

  test('every path is under /v1', () => {
    expect(Object.values(routes).filter(({ path }) => !path.startsWith('/v1/'))).toEqual([])
  })

  test('unknown keys are refused', () => {
    const { response } = routes.nonce
    expect(z.safeParse(response, { nonce: key, time: 1 }).success).toBe(true)
    expect(z.safeParse(response, { nonce: key, time: 1, more: 1 }).success).toBe(false)
    expect(z.safeParse(errorShape, { error: 'internal', message: '' }).success).toBe(true)
  })

  test('bytes have one text form and one length', () => {
    const { response } = routes.nonce
    const accepts = (nonce: string): boolean => z.safeParse(response, { nonce, time: 1 }).success
    expect(accepts(key)).toBe(true)
    expect(accepts(`${key}=`)).toBe(false)
    expect(accepts(`${key.slice(0, -1)}B`)).toBe(false)
    expect(accepts(toBase64Url(new Uint8Array(31)))).toBe(false)
    expect(accepts(toBase64Url(new Uint8Array(33)))).toBe(false)
    expect(accepts(key.replace('A', '+'))).toBe(false)
  })

  test('times and sizes are whole and not negative', () => {
    const { request } = routes.createBlob
    for (const size of [-1, 0.5, Number.NaN, '1', 2 ** 53]) {
      expect(z.safeParse(request, { size }).success).toBe(false)
    }
    expect(z.safeParse(request, { size: 0 }).success).toBe(true)
  })
})
