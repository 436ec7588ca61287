// How often who may ask. Each method throws `rate_limited` with the time to wait.

import type { Env } from '../../src/protocol/env.ts'
import type { AccountId } from '../../src/protocol/ids.ts'
import type { ServerLimits } from '../options.ts'
import { Buckets } from '../quota.ts'
import { rateLimited } from './errors.ts'

const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3600
/** Each list is kept as long as its account. A person changes devices a few times a year. */
const LISTS_PER_HOUR = 60

const each = (count: number, seconds: number): Buckets =>
  new Buckets({ burst: count, perSecond: count / seconds })

export class Rates {
  readonly #env: Env
  readonly #address: Buckets
  readonly #registrations: Buckets
  readonly #account: Buckets
  readonly #lookups: Buckets
  readonly #claims: Buckets
  readonly #claimed: Buckets
  readonly #lists = each(LISTS_PER_HOUR, HOUR_SECONDS)

  constructor(limits: ServerLimits, env: Env) {
    this.#env = env
    this.#address = each(limits.addressPerMinute, MINUTE_SECONDS)
    this.#registrations = each(limits.registrationsPerHour, HOUR_SECONDS)
    this.#account = each(limits.accountPerMinute, MINUTE_SECONDS)
    this.#lookups = each(limits.lookupsPerHour, HOUR_SECONDS)
    this.#claims = each(limits.claimsPerHour, HOUR_SECONDS)
    this.#claimed = each(limits.claimedPerHour, HOUR_SECONDS)
  }

  /** Public routes, and logins that failed. */
  address(address: string): void {
    this.#take(this.#address, address, 1)
  }

  registration(address: string): void {
    this.#take(this.#registrations, address, 1)
  }

  account(account: AccountId): void {
    this.#take(this.#account, account, 1)
  }

  lookup(account: AccountId): void {
    this.#take(this.#lookups, account, 1)
  }

  list(account: AccountId): void {
    this.#take(this.#lists, account, 1)
  }

  /** Both ways, so that neither one nor many drain somebody's one-time keys (R6). One's own
   *  devices are not strangers to each other: only the first bucket counts them. */
  claim(from: AccountId, to: AccountId, devices: number): void {
    this.#take(this.#claims, `${from}${to}`, devices)
    if (from !== to) this.#take(this.#claimed, to, devices)
  }

  #take(buckets: Buckets, key: string, cost: number): void {
    const wait = buckets.take(key, cost, this.#env.now())
    if (wait > 0) throw rateLimited(wait)
  }
}
