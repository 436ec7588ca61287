// What the parent and its two processes tell each other.

export interface PersonJson {
  readonly account: string
  readonly device: string
  readonly key: string
}

export interface Started {
  readonly port: number
  readonly group: string
  readonly people: readonly PersonJson[]
}

export interface Report {
  /** Of all threads, since the start. */
  readonly cpuUs: number
  readonly rss: number
}

export type Task = Started &
  (
    | {
        readonly kind: 'pairs'
        readonly pairs: number
        readonly window: number
        readonly messages: number
      }
    | {
        readonly kind: 'paced'
        readonly pairs: number
        readonly perSecond: number
        readonly messages: number
      }
    | {
        readonly kind: 'fanOut'
        readonly readers: number
        readonly window: number
        readonly messages: number
      }
    | { readonly kind: 'idle'; readonly connections: number }
  )

export type ClientSays =
  | { readonly kind: 'ready' }
  | { readonly kind: 'warm' }
  | {
      readonly kind: 'done'
      readonly ms: number
      readonly delivered: number
      readonly latencies: readonly number[]
    }
