// Who may make an account. A policy says what a registration needs; the rest is the same for all:
// the name's rules, the account key's proof, a first device list of exactly this device, prekeys.

import { createHash } from 'node:crypto'
import type { SignedDeviceList } from '../src/protocol/device-list.ts'
import type { Env } from '../src/protocol/env.ts'
import type { AccountId, DeviceId } from '../src/protocol/ids.ts'
import { MAX_CLOCK_SKEW_MS } from '../src/protocol/limits.ts'
import { type AccountName, nameSkeleton } from '../src/protocol/names.ts'
import type { PrekeyUpload } from '../src/protocol/prekeys.ts'
import { registrationProof } from '../src/protocol/proof.ts'
import { dayOf } from './directory.ts'
import { inviteHash } from './invite-codes.ts'
import { ServerError } from './options.ts'
import { checkDeviceList, verifyDevice, verifyPrekeys } from './signatures.ts'
import type {
  DirectoryStorage,
  NewDevice,
  RegisterOutcome,
  RegisterRefusal,
} from './storage/directory-port.ts'

/** Others (a mailed code, a sign-in elsewhere) fit in here: what they ask for is asked before. */
export interface RegistrationPolicy {
  readonly name: 'invite' | 'open'
  readonly needsInvite: boolean
}

const POLICIES: Readonly<Record<string, RegistrationPolicy>> = {
  invite: { name: 'invite', needsInvite: true },
  open: { name: 'open', needsInvite: false },
}

export function policyNamed(name: string): RegistrationPolicy {
  const policy = Object.hasOwn(POLICIES, name) ? POLICIES[name] : undefined
  if (policy !== undefined) return policy
  const known = Object.keys(POLICIES).join(', ')
  throw new ServerError('unsupported', `registration ${name}: this server knows ${known}`)
}

interface RegistrationRequest {
  readonly name: AccountName
  readonly account: AccountId
  readonly identityKey: Uint8Array
  readonly list: SignedDeviceList
  readonly device: DeviceId
  readonly prekeys: PrekeyUpload
  readonly time: number
  readonly proof: Uint8Array
  readonly invite: string | undefined
}

type RegistrationOutcome =
  | RegisterOutcome
  | { readonly kind: 'refused'; readonly reason: RegisterRefusal | 'unauthorised' | 'bad_request' }

export class Registrar {
  readonly policy: RegistrationPolicy
  readonly #storage: DirectoryStorage
  readonly #server: Uint8Array
  readonly #env: Env

  constructor(options: {
    readonly policy: RegistrationPolicy
    readonly storage: DirectoryStorage
    readonly server: Uint8Array
    readonly env: Env
  }) {
    this.policy = options.policy
    this.#storage = options.storage
    this.#server = options.server
    this.#env = options.env
  }

  async register(request: RegistrationRequest): Promise<RegistrationOutcome> {
    const { name, account, identityKey, list, prekeys } = request
    if (!this.#isProven(request)) return { kind: 'refused', reason: 'unauthorised' }
    const device = await firstDevice(request)
    if (device === undefined) return { kind: 'refused', reason: 'bad_request' }
    const hash = request.invite === undefined ? undefined : inviteHash(request.invite)
    if (request.invite !== undefined && hash === undefined) {
      return { kind: 'refused', reason: 'invite_invalid' }
    }
    return this.#storage.register({
      account,
      name,
      skeleton: nameSkeleton(name),
      identityKey,
      list,
      device,
      prekeys,
      day: dayOf(this.#env.now()),
      needsInvite: this.policy.needsInvite,
      ...(hash && { inviteHash: hash }),
    })
  }

  /** The account key itself asks for this name, of this server, now. */
  #isProven(request: RegistrationRequest): boolean {
    const { name, account, device, time, list, identityKey, proof } = request
    if (Math.abs(this.#env.now() - time) > MAX_CLOCK_SKEW_MS) return false
    const listHash = new Uint8Array(createHash('sha256').update(list.body).digest())
    const signed = registrationProof({
      server: this.#server,
      name,
      account,
      device,
      time,
      listHash,
    })
    return verifyDevice(identityKey, signed, proof)
  }
}

/** The one device of a first list, if all that it publishes is its own. */
async function firstDevice(request: RegistrationRequest): Promise<NewDevice | undefined> {
  const { account, identityKey, list, prekeys } = request
  const body = checkDeviceList({ account, identityKey, previous: undefined, list })
  const [first, ...more] = body?.devices ?? []
  if (first?.device !== request.device || more.length > 0) return undefined
  // Without these nobody could write to it.
  if (prekeys.curveSigned === undefined || prekeys.kemLastResort === undefined) return undefined
  if (!(await verifyPrekeys(first.device, first.signingKey, prekeys))) return undefined
  return { device: first.device, signingKey: first.signingKey }
}
