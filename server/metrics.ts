// Numbers for the operator in Prometheus' text form. No label ever names a person, a device or an
// address (threat N15).

export interface Counter {
  add(count?: number): void
}

export interface Histogram {
  observe(value: number): void
}

export interface Metrics {
  counter(name: string, help: string): Counter
  /** Read when somebody asks. */
  gauge(name: string, help: string, read: () => number): void
  /** `bounds` ascending; the last bucket is without bound. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram
  text(): string
}

type Render = () => string

export function createMetrics(): Metrics {
  const parts = new Map<string, Render>()
  const add = (name: string, render: Render): void => {
    if (parts.has(name)) throw new Error(`the metric ${name} is there already`)
    parts.set(name, render)
  }
  return {
    counter(name, help) {
      let value = 0
      add(name, () => `${head(name, help, 'counter')}${name} ${value}\n`)
      return {
        add: (count = 1) => {
          value += count
        },
      }
    },
    gauge(name, help, read) {
      add(name, () => `${head(name, help, 'gauge')}${name} ${read()}\n`)
    },
    histogram(name, help, bounds) {
      const histogram = new Buckets(bounds)
      add(name, () => head(name, help, 'histogram') + histogram.text(name))
      return histogram
    },
    text: () => [...parts.values()].map((render) => render()).join(''),
  }
}

const head = (name: string, help: string, type: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`

class Buckets implements Histogram {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #count = 0
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = bounds.map(() => 0)
  }

  observe(value: number): void {
    this.#count += 1
    this.#sum += value
    const at = this.#bounds.findIndex((bound) => value <= bound)
    if (at >= 0) this.#counts[at] = (this.#counts[at] ?? 0) + 1
  }

  text(name: string): string {
    let below = 0
    const lines = this.#bounds.map((bound, index) => {
      below += this.#counts[index] ?? 0
      return `${name}_bucket{le="${bound}"} ${below}\n`
    })
    return `${lines.join('')}${name}_bucket{le="+Inf"} ${this.#count}\n${name}_sum ${this.#sum}\n${name}_count ${this.#count}\n`
  }
}
