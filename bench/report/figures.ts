// What a bench found beside what it promises: medians of several runs, each with its threshold.

/** What a figure must reach; absent where it is only told. */
export type Threshold = { readonly most: number } | { readonly least: number }

export interface Figure {
  readonly name: string
  readonly unit: string
  /** One value per run. */
  readonly runs: readonly number[]
  readonly threshold?: Threshold
}

/** Given to a bench after its name: it then fails where a threshold is missed. */
const STRICT = '--strict'

export function median(runs: readonly number[]): number {
  const sorted = [...runs].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** The value below which `share` of them lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}

export const isMet = ({ runs, threshold }: Figure): boolean => {
  if (threshold === undefined) return true
  const reached = median(runs)
  return 'most' in threshold ? reached <= threshold.most : reached >= threshold.least
}

/** One line: the median, what is promised, and the runs. */
export function lineOf(figure: Figure): string {
  const { name, unit, runs, threshold } = figure
  const value = `${shown(median(runs))} ${unit}`
  return [
    `  ${name.padEnd(44)}`,
    value.padEnd(20),
    promise(threshold).padEnd(12),
    (isMet(figure) ? '' : 'MISSED').padEnd(7),
    runs.length > 1 ? `runs ${runs.map(shown).join(', ')}` : '',
  ]
    .join(' ')
    .trimEnd()
}

/** Prints the figures; under `--strict` a missed one is the program's failure. */
export function report(figures: readonly Figure[]): void {
  for (const figure of figures) process.stdout.write(`${lineOf(figure)}\n`)
  if (isStrict() && !figures.every(isMet)) process.exitCode = 1
}

const isStrict = (): boolean => process.argv.includes(STRICT)

/** What the bench was asked for by name, without its flags. */
export const wanted = (): readonly string[] =>
  process.argv.slice(2).filter((argument) => !argument.startsWith('--'))

function promise(threshold: Threshold | undefined): string {
  if (threshold === undefined) return ''
  return 'most' in threshold ? `≤ ${shown(threshold.most)}` : `≥ ${shown(threshold.least)}`
}

/** Three digits, or all of a large whole number. */
function shown(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}
