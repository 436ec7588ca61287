import { describe, expect, test } from 'vitest'
import { createMetrics } from '../../server/metrics.ts'
import { Buckets } from '../../server/quota.ts'

describe('a bucket', () => {
  test('gives its burst at once and then by the second', () => {
    const buckets = new Buckets({ burst: 3, perSecond: 2 })
    expect([1, 1, 1].map((cost) => buckets.take('a', cost, 0))).toEqual([0, 0, 0])
    expect(buckets.take('a', 1, 0)).toBe(500)
    expect(buckets.take('a', 1, 499)).toBe(1)
    expect(buckets.take('a', 1, 500)).toBe(0)
    expect(buckets.take('a', 3, 60_000)).toBe(0)
    expect(buckets.take('a', 1, 60_000)).toBe(500)
  })

  test('that is exhausted gives again when twice its burst has come', () => {
    const buckets = new Buckets({ burst: 3, perSecond: 2 })
    expect(buckets.exhaust('a', 0)).toBe(2_000)
    expect(buckets.take('a', 1, 1_999)).toBeGreaterThan(0)
    expect(buckets.take('a', 1, 2_000)).toBe(0)
    expect(buckets.take('a', 1, 2_000)).toBe(500)
  })

  test('is each key’s own', () => {
    const buckets = new Buckets({ burst: 1, perSecond: 1 })
    expect(buckets.take('a', 1, 0)).toBe(0)
    expect(buckets.take('b', 1, 0)).toBe(0)
    expect(buckets.take('a', 1, 0)).toBe(1_000)
  })

  test('gives nothing for a clock that is set back', () => {
    const buckets = new Buckets({ burst: 1, perSecond: 1 })
    buckets.take('a', 1, 10_000)
    expect(buckets.take('a', 1, 0)).toBe(1_000)
  })

  test('survives that others are thrown out', () => {
    const buckets = new Buckets({ burst: 1, perSecond: 1 })
    for (let key = 0; key < 50_000; key += 1) buckets.take(`${key}`, 1, 0)
    buckets.take('spent', 1, 1_900)
    for (let key = 0; key < 1_000; key += 1) buckets.take(`late${key}`, 1, 2_000)
    expect(buckets.take('spent', 1, 2_000)).toBe(900)
  })
})

describe('the metrics', () => {
  test('are written as Prometheus reads them', () => {
    const metrics = createMetrics()
    const counter = metrics.counter('things_total', 'Things')
    counter.add()
    counter.add(2)
    metrics.gauge('level', 'Level', () => 7)
    const histogram = metrics.histogram('took_ms', 'Time', [1, 5])
    for (const value of [0.5, 1, 3, 9]) histogram.observe(value)
    expect(metrics.text()).toBe(
      `# HELP things_total Things
# TYPE things_total counter
things_total 3
# HELP level Level
# TYPE level gauge
level 7
# HELP took_ms Time
# TYPE took_ms histogram
took_ms_bucket{le="1"} 2
took_ms_bucket{le="5"} 3
took_ms_bucket{le="+Inf"} 4
took_ms_sum 13.5
took_ms_count 4
`,
    )
  })

  test('have each name once', () => {
    const metrics = createMetrics()
    metrics.counter('a', 'A')
    expect(() => metrics.counter('a', 'A')).toThrow('there already')
  })
})
