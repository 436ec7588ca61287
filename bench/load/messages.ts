// What the parent, the server and the load process tell each other.

import type { ATTACKS } from '../../test/hostile/abuse/attacks.ts'

export interface PersonJson {
  readonly account: string
  readonly device: string
  readonly key: string
}

/** Who and what stands on the server before anybody comes. */
export interface WorldJson {
  readonly people: readonly PersonJson[]
  /** Groups' logs by how many read them: the first so many people. */
  readonly groups: Readonly<Record<number, string>>
}

/** Of the server's process, all threads together. */
export interface Usage {
  /** User and system time since its start. */
  readonly cpuUs: number
  readonly rssBytes: number
}

export type Scene =
  /** Each writes to the other, `window` unanswered appends at a time. */
  | {
      readonly kind: 'pairs'
      readonly pairs: number
      readonly window: number
      readonly messages: number
    }
  /** The same at a steady rate. */
  | {
      readonly kind: 'paced'
      readonly pairs: number
      readonly perSecond: number
      readonly messages: number
    }
  /** Half are away, are written to, and come back. */
  | { readonly kind: 'offline'; readonly pairs: number; readonly messages: number }
  /** All read one log, and take turns in writing to it. */
  | {
      readonly kind: 'fanOut'
      readonly readers: number
      readonly window: number
      readonly messages: number
    }
  /** All log in, and wait. */
  | { readonly kind: 'idle'; readonly connections: number }
  /** Session tokens over HTTP. */
  | { readonly kind: 'sessions'; readonly logins: number }

export type Task = { readonly port: number; readonly world: string } & Scene

/** One kind of attack, pass after pass, by the people from `from` on. */
export interface AttackTask {
  readonly port: number
  readonly world: string
  readonly attack: keyof typeof ATTACKS
  readonly size: number
  readonly from: number
  readonly perSecond: number
}

/** By name; what they mean is the plan's. */
export type Figures = Readonly<Record<string, number>>

export type LoadSays =
  /** The parent looks at the server, and then says `go`. */
  { readonly kind: 'mark' } | { readonly kind: 'done'; readonly figures: Figures }

export type ParentSays = Task | 'go'
