// One line over a logarithmic axis, as SVG: for docs, by hand and without a library.

export interface Plot {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

const WIDTH = 720
const HEIGHT = 320
const LEFT = 60
const BOTTOM = 50
const TOP = 40
const RIGHT = 20
const GRID_LINES = 5

export function plot({ title, x, y, points }: Plot): string {
  const first = Math.log10(points[0]?.x ?? 1)
  const last = Math.log10(points.at(-1)?.x ?? 10)
  const most = roundedUp(Math.max(1, ...points.map((point) => point.y)))
  const across = (value: number): number =>
    LEFT + ((Math.log10(value) - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT)
  const up = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP)
  const lines = Array.from({ length: GRID_LINES + 1 }, (_, index) => {
    const value = (most * index) / GRID_LINES
    const at = up(value).toFixed(1)
    return `<path d="M${LEFT} ${at}H${WIDTH - RIGHT}" stroke="#ccc"/><text x="${LEFT - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${Number(value.toFixed(1))}</text>`
  })
  const dots = points.map((point) => {
    const at = across(point.x).toFixed(1)
    return `<circle cx="${at}" cy="${up(point.y).toFixed(1)}" r="3" fill="#06c"/><text x="${at}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${short(point.x)}</text>`
  })
  const line = points.map((point) => `${across(point.x).toFixed(1)},${up(point.y).toFixed(1)}`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">
<title>${title}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${LEFT}" y="20" font-size="14">${title}</text>
${lines.join('\n')}
<polyline points="${line.join(' ')}" fill="none" stroke="#06c" stroke-width="1.5"/>
${dots.join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${x}</text>
<text x="14" y="${(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(TOP + HEIGHT - BOTTOM) / 2})">${y}</text>
</svg>
`
}

const roundedUp = (value: number): number => {
  const step = 10 ** Math.floor(Math.log10(value))
  return Math.ceil(value / step) * step
}

function short(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000} M`
  return value >= 1_000 ? `${value / 1_000} k` : String(value)
}
