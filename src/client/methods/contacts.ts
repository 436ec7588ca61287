// People. Everything here is a local decision; what the other side learns of it goes out as
// messages of its own.

import { parseAccountName } from '../../protocol/names.ts'
import type { ContactRow } from '../../store/port.ts'
import { resolveContact } from '../addresses.ts'
import type { ContactJson, Params } from '../api.ts'
import { badInput } from '../errors.ts'
import { contactJson } from '../json.ts'
import { type MethodsOf, ownRow, type Profile, submit } from '../profile.ts'

type Names =
  | 'contact.list'
  | 'contact.add'
  | 'contact.accept'
  | 'contact.block'
  | 'contact.unblock'
  | 'contact.remove'
  | 'contact.alias'

export const contactMethods: MethodsOf<Names> = {
  'contact.list': async ({ store }) => {
    const self = store.self()?.account
    const contacts = store
      .contacts()
      .filter((row) => row.account !== self && row.relation !== 'none')
      .map(contactJson)
    return { contacts }
  },
  'contact.add': add,
  'contact.accept': (profile, { name }) => decide(profile, name, 'acceptContact'),
  'contact.block': (profile, { name }) => decide(profile, name, 'blockContact'),
  'contact.unblock': (profile, { name }) => decide(profile, name, 'unblockContact'),
  'contact.remove': async (profile, { name }) => {
    await decide(profile, name, 'removeContact')
    return {}
  },
  'contact.alias': async (profile, { name, alias }) => {
    const { account } = resolveContact(profile.store, name)
    await submit(profile, { kind: 'aliasContact', account, alias: alias ?? undefined }, name)
    return current(profile, account)
  },
}

async function add(profile: Profile, params: Params<'contact.add'>): Promise<ContactJson> {
  const bare = params.name.replace(/^@/, '')
  if (bare === ownRow(profile).name) throw badInput('That is this account itself; write to ‘me’.')
  let name: ReturnType<typeof parseAccountName>
  try {
    name = parseAccountName(bare)
  } catch {
    throw badInput('A name is 2 to 32 of a–z, 0–9, dot, dash and underscore.')
  }
  const { text } = params
  const result = await submit(
    profile,
    { kind: 'addContact', name, ...(text === undefined ? {} : { text }) },
    name,
  )
  if (result.kind !== 'contact') throw new Error('a contact was added')
  return current(profile, result.account)
}

type Decision = 'acceptContact' | 'blockContact' | 'unblockContact' | 'removeContact'

async function decide(profile: Profile, typed: string, kind: Decision): Promise<ContactJson> {
  const { account, name } = resolveContact(profile.store, typed)
  await submit(profile, { kind, account }, name)
  return current(profile, account)
}

function current({ store }: Profile, account: ContactRow['account']): ContactJson {
  const row = store.contact(account)
  if (row === undefined) throw new Error('the contact is there')
  return contactJson(row)
}
