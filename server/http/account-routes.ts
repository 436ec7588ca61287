// Accounts, device lists and prekeys. An account that is unknown and one that is disabled give
// the same answer (N8). Each handler acts for its caller only; ids in paths are what it looks at,
// never who it is.

import { toBase64Url } from '../../src/protocol/bytes.ts'
import { MAX_LIST_CHAIN } from '../../src/protocol/limits.ts'
import type { DirectoryAccount } from '../storage/directory-port.ts'
import type { Handlers } from './call.ts'
import { HttpError } from './errors.ts'
import { bundleTo, listFrom, listTo, uploadFrom } from './wire.ts'

type AccountRoutes =
  | 'lookup'
  | 'account'
  | 'deleteAccount'
  | 'devices'
  | 'publishDevices'
  | 'uploadPrekeys'
  | 'claimPrekeys'

/** A list is at most 2 KiB and its signature: 1,024 of them in one answer stay below 3 MiB. */
const LISTS_AT_ONCE = MAX_LIST_CHAIN

export const accountRoutes: Handlers<AccountRoutes> = {
  async lookup({ services, caller, params }) {
    services.rates.lookup(caller.account)
    return shown(await services.directory.storage.accountNamed(params.name))
  },

  async account({ services, caller, params }) {
    if (params.account !== caller.account) services.rates.lookup(caller.account)
    return shown(await services.directory.storage.account(params.account))
  },

  async deleteAccount({ services, caller }) {
    const blobs = await services.directory.deleteAccount(caller.account)
    for (const blob of blobs ?? []) await services.blobs.remove(blob)
    return {}
  },

  async devices({ services, params, query }) {
    const after = versionFrom(query.get('after') ?? '0')
    const { storage } = services.directory
    present(await storage.account(params.account))
    const lists = await storage.listsAfter(params.account, after, LISTS_AT_ONCE)
    return { lists: lists.map(listTo) }
  },

  async publishDevices({ services, caller, body }) {
    services.rates.list(caller.account)
    const outcome = await services.directory.publish(caller.account, listFrom(body.list))
    if (outcome === 'bad_list') throw new HttpError('bad_request')
    if (outcome === 'conflict') throw new HttpError('conflict')
    return {}
  },

  async uploadPrekeys({ services, caller, body }) {
    const { replace = false } = body
    const upload = { ...uploadFrom(body), replace }
    const counts = await services.directory.putPrekeys(caller.device, upload)
    if (counts === 'bad_prekeys') throw new HttpError('bad_request')
    if (counts === undefined) throw new HttpError('unauthorised')
    return counts
  },

  async claimPrekeys({ services, caller, params, body }) {
    const { account } = params
    services.rates.claim(caller.account, account, body.devices.length)
    present(await services.directory.storage.account(account))
    const claimed = await services.directory.claim({ account, devices: body.devices })
    return { bundles: claimed.map(({ bundle }) => bundleTo(bundle)) }
  },
}

function present(account: DirectoryAccount | undefined): DirectoryAccount {
  if (account === undefined || account.disabled) throw new HttpError('not_found')
  return account
}

function shown(found: DirectoryAccount | undefined) {
  const { account, name, identityKey } = present(found)
  return { account, name, identityKey: toBase64Url(identityKey) }
}

function versionFrom(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new HttpError('bad_request')
  return Number(text)
}
