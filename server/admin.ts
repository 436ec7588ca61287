// What the operator can ask and change, the same whether the server runs (admin-listener.ts) or
// its data folder is opened for one call (admin-client.ts).

import type { Env } from '../src/protocol/env.ts'
import { isAccountName } from '../src/protocol/names.ts'
import type { BlobStore } from './blobs/port.ts'
import type { Directory } from './directory.ts'
import { inviteHash, newInviteCode } from './invite-codes.ts'
import { ServerError } from './options.ts'
import type { DirectoryAccount, Invite } from './storage/directory-port.ts'

interface AdminUser {
  readonly name: string
  readonly account: string
  readonly disabled: boolean
  readonly operator: boolean
  readonly devices: number
  /** Days, as YYYY-MM-DD: the server knows no finer time. */
  readonly created: string
  readonly seen: string
}

interface AdminInvite {
  readonly id: string
  readonly usesLeft: number
  readonly operator: boolean
  readonly createdAt: number
  readonly expiresAt: number
}

interface AdminStats {
  readonly accounts: number
  readonly devices: number
  readonly invites: number
  readonly blobs: number
  readonly blobBytes: number
  readonly restored: number
}

/** Each call, what it takes and what it gives. */
interface AdminCalls {
  'user.list': [{ readonly after?: string; readonly limit?: number }, readonly AdminUser[]]
  'user.show': [{ readonly name: string }, AdminUser]
  'user.disable': [{ readonly name: string }, AdminUser]
  'user.enable': [{ readonly name: string }, AdminUser]
  'user.delete': [{ readonly name: string }, AdminUser]
  'invite.create': [
    { readonly uses?: number; readonly expiresInMs?: number },
    AdminInvite & { readonly code: string },
  ]
  'invite.list': [Record<string, never>, readonly AdminInvite[]]
  /** By its id or by the code itself. */
  'invite.revoke': [{ readonly id: string }, Record<string, never>]
  stats: [Record<string, never>, AdminStats]
}
export type AdminCallName = keyof AdminCalls
export type AdminArgs<N extends AdminCallName> = AdminCalls[N][0]
export type AdminResult<N extends AdminCallName> = AdminCalls[N][1]

type AdminHandlers = {
  readonly [N in AdminCallName]: (args: AdminArgs<N>) => Promise<AdminResult<N>>
}

export interface AdminServices {
  readonly directory: Directory
  readonly blobs: BlobStore
  readonly env: Env
}

const DAY_MS = 24 * 3_600_000
const PAGE = 100
const MAX_PAGE = 1_000
/** Long enough to reach somebody, short enough to be forgotten safely. */
const INVITE_MS = 7 * DAY_MS
const MAX_INVITE_MS = 365 * DAY_MS
const MAX_USES = 10_000

export function adminHandlers(services: AdminServices): AdminHandlers {
  const { directory, blobs, env } = services
  const { storage } = directory
  const named = async ({ name }: { readonly name: string }): Promise<DirectoryAccount> => {
    const found = isAccountName(name) ? await storage.accountNamed(name) : undefined
    if (found === undefined) throw new ServerError('not_found', 'there is no such user')
    return found
  }
  const shown = async (found: DirectoryAccount): Promise<AdminUser> => ({
    name: found.name,
    account: found.account,
    disabled: found.disabled,
    operator: found.operator,
    devices: (await storage.devicesOf(found.account)).length,
    created: dayText(found.createdDay),
    seen: dayText(found.seenDay),
  })
  const able = async (args: { readonly name: string }, disabled: boolean): Promise<AdminUser> => {
    await directory.setDisabled((await named(args)).account, disabled)
    return shown(await named(args))
  }
  return {
    'user.list': async ({ after = '', limit = PAGE }) =>
      Promise.all(
        (await storage.accounts(String(after), whole('limit', limit, MAX_PAGE))).map(shown),
      ),
    'user.show': async (args) => shown(await named(args)),
    'user.disable': (args) => able(args, true),
    'user.enable': (args) => able(args, false),
    'user.delete': async (args) => {
      const found = await named(args)
      const user = await shown(found)
      for (const blob of (await directory.deleteAccount(found.account)) ?? []) {
        await blobs.remove(blob)
      }
      return user
    },
    'invite.create': async ({ uses = 1, expiresInMs = INVITE_MS }) => {
      const { code, id, hash } = newInviteCode(env)
      const createdAt = env.now()
      const expiresAt = createdAt + whole('expiresInMs', expiresInMs, MAX_INVITE_MS)
      const usesLeft = whole('uses', uses, MAX_USES)
      await storage.createInvite({ id, hash, uses: usesLeft, expiresAt, operator: false })
      return { code, id, usesLeft, operator: false, createdAt, expiresAt }
    },
    'invite.list': async () => (await storage.invites()).map((invite: Invite) => ({ ...invite })),
    'invite.revoke': async ({ id }) => {
      const text = String(id)
      if (await storage.revokeInvite(text, inviteHash(text))) return {}
      throw new ServerError('not_found', 'there is no such invite')
    },
    stats: async () => ({ ...(await storage.stats()), restored: (await storage.restored()).count }),
  }
}

export const isAdminCall = (handlers: AdminHandlers, name: string): name is AdminCallName =>
  Object.hasOwn(handlers, name)

function whole(name: string, value: number, max: number): number {
  if (Number.isSafeInteger(value) && value > 0 && value <= max) return value
  throw new ServerError('bad_config', `${name} is a whole number from 1 to ${max}`)
}

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
