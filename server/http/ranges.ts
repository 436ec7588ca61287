// `Range` and `Content-Range`, for one range of whole bytes.

interface Span {
  readonly from: number
  /** Behind the last byte. */
  readonly to: number
}

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/
const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/

type RangeOutcome = Span | 'whole' | 'unsatisfiable'

/** What is not understood asks for the whole, as RFC 9110 has it. */
export function parseRange(header: string | undefined, size: number): RangeOutcome {
  const [, first = '', last = ''] = RANGE.exec(header ?? '') ?? []
  if (first === '' && last === '') return 'whole'
  if (first === '') {
    const count = Number(last)
    return count === 0 || size === 0
      ? 'unsatisfiable'
      : { from: Math.max(0, size - count), to: size }
  }
  const from = Number(first)
  const to = last === '' ? size : Math.min(size, Number(last) + 1)
  if (last !== '' && Number(last) < from) return 'whole'
  return from >= size ? 'unsatisfiable' : { from, to }
}

export function parseContentRange(
  header: string | undefined,
): (Span & { readonly size: number }) | undefined {
  const [, first, last, total] = CONTENT_RANGE.exec(header ?? '') ?? []
  const span = { from: Number(first), to: Number(last) + 1, size: Number(total) }
  return span.from < span.to && span.to <= span.size ? span : undefined
}
