// Gets what a step needs from the directory. Identities and lists are handed to the engine at
// once, which believes them or not and stores what it believes; bundles serve one step only.

import type { Facts, Need } from '../engine/step.ts'
import { learn } from '../engine/trust.ts'
import type { DeviceListHead } from '../protocol/device-list.ts'
import type { AccountId, DeviceId } from '../protocol/ids.ts'
import type { AccountName } from '../protocol/names.ts'
import type { PrekeyBundle } from '../protocol/prekeys.ts'
import { type Directory, DirectoryError } from './directory.ts'
import { NO_FACTS, type Stage, type Stepper } from './stage.ts'

/** Name, list, bundles, and one of each again: a step that asks for more is going in circles. */
const MAX_ROUNDS = 8

export class Fetching {
  readonly #directory: Directory
  readonly #stage: Stage

  constructor(directory: Directory, stage: Stage) {
    this.#directory = directory
    this.#stage = stage
  }

  /** Runs a step until it has all that it needs. Rejects with DirectoryError. */
  async run(stepper: Stepper, first: Facts = NO_FACTS) {
    let facts = first
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const step = this.#stage.run(stepper, facts)
      if (step.kind !== 'need') return step
      facts = await this.fetch(step.needs, facts)
    }
    throw new DirectoryError('server')
  }

  async fetch(needs: readonly Need[], facts: Facts): Promise<Facts> {
    let gathered = facts
    for (const need of needs) gathered = await this.#one(need, gathered)
    return gathered
  }

  #one(need: Need, facts: Facts): Promise<Facts> {
    switch (need.kind) {
      case 'name':
        return this.#name(need.name, facts)
      case 'devices':
        return this.devices(need.account, undefined, facts)
      case 'bundles':
        return this.#bundles(need.account, need.devices, facts)
    }
  }

  async #name(name: AccountName, facts: Facts): Promise<Facts> {
    const found = await absent(this.#directory.lookup(name))
    const names = new Map(facts.names).set(name, found?.account)
    return { ...facts, names }
  }

  /** `seen`: the head that a peer told us of; a directory that denies it has forked. */
  async devices(
    account: AccountId,
    seen: DeviceListHead | undefined,
    facts: Facts = NO_FACTS,
  ): Promise<Facts> {
    // From the list that we know on, that one included: a directory that went back, or holds
    // another one in its place, shows itself.
    const known = this.#stage.context.view.devices(account)?.head.version ?? 0
    const after = Math.max(0, known - 1)
    const asked = new Set(facts.asked).add(account)
    const identity = await absent(this.#directory.account(account))
    const chain = identity && (await absent(this.#directory.deviceLists(account, after)))
    if (identity === undefined || chain === undefined) {
      return { ...facts, asked, gone: new Set(facts.gone).add(account) }
    }
    // What is about another account than the one that was asked for is no answer.
    if (identity.account !== account) throw new DirectoryError('server')
    const { name, identityKey } = identity
    this.#stage.run((context) => learn(context, { account, name, identityKey, chain, seen }))
    return { ...facts, asked }
  }

  async #bundles(account: AccountId, devices: readonly DeviceId[], facts: Facts): Promise<Facts> {
    const found = (await absent(this.#directory.claimPrekeys(account, devices))) ?? []
    const bundles = new Map<DeviceId, PrekeyBundle | undefined>(facts.bundles)
    for (const device of devices) {
      bundles.set(
        device,
        found.find((bundle) => bundle.device === device),
      )
    }
    return { ...facts, bundles }
  }
}

/** `not_found` is an answer; everything else that fails is a failure. */
async function absent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof DirectoryError && error.code === 'not_found') return undefined
    throw error
  }
}
