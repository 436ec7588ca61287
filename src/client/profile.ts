// A profile that is open in this process: what every method is handed.

import type { CryptoEnv } from '../crypto/primitives.ts'
import type { Intent } from '../engine/intent.ts'
import type { StepResult } from '../engine/step.ts'
import type { KeychainKind, KeychainSecrets } from '../keychain/port.ts'
import type { SelfRow, Store } from '../store/port.ts'
import type { ClientError, MethodName, Params, Result } from './api.ts'
import type { Driver } from './driver.ts'
import { refusal } from './errors.ts'
import type { Http } from './http.ts'
import type { Log } from './log.ts'
import type { ProfilePaths } from './paths.ts'
import type { ServerLink } from './server-link.ts'
import type { LiveEvent } from './service.ts'
import type { Transfers } from './transfers.ts'

/** What we know of the profile's soundness. Only `sound` may use a key. */
export type Condition =
  | { readonly kind: 'sound' }
  | { readonly kind: 'stopped'; readonly why: ClientError }

export interface Profile {
  readonly paths: ProfilePaths
  readonly env: CryptoEnv
  readonly log: Log
  readonly store: Store
  readonly driver: Driver
  readonly link: ServerLink
  readonly transfers: Transfers
  readonly keychain: KeychainKind
  readonly secrets: KeychainSecrets
  readonly openedAt: number
  /** A daemon or a screen holds it, not one command. */
  readonly serving: boolean
  readonly online: boolean
  readonly timeout: number | undefined
  readonly condition: Condition
  /** Waits end when the process leaves: with `Leaving`. */
  readonly leaving: AbortSignal
  readonly onStop: (() => void) | undefined
  http(): Promise<Http>
  /** Live, to every face that listens. */
  tell(event: LiveEvent): void
  /** What is queued now is to go out before this process ends. */
  flushAtEnd(): void
  clients(): number
  /** Everything of this profile on this machine, for good. */
  erase(): Promise<void>
  /** The sessions are gone and the generation is ahead of all copies: keys may be used again. */
  mend(): Promise<void>
}

type Method<M extends MethodName> = (
  profile: Profile,
  params: Params<M>,
  signal: AbortSignal,
) => Promise<Result<M>>

export type MethodsOf<M extends MethodName> = { readonly [K in M]: Method<K> }

export function ownRow(profile: Profile): SelfRow {
  const self = profile.store.self()
  if (self === undefined) throw new Error('an open profile has an identity')
  return self
}

/** The engine's answer, or its refusal as an error. `name`: who the hint is about. */
export async function submit(profile: Profile, intent: Intent, name?: string): Promise<StepResult> {
  const outcome = await profile.driver.submit(intent)
  if (outcome.kind === 'refused') throw refusal(outcome, name)
  profile.flushAtEnd()
  return outcome.result
}
