// Comparing identities: what two people read to each other, and what follows from it.

import { safetyNumber, sameDigits } from '../../crypto/safety-number.ts'
import type { ContactRow } from '../../store/port.ts'
import { resolveContact } from '../addresses.ts'
import { ClientError, type Params, type VerificationJson } from '../api.ts'
import { badInput } from '../errors.ts'
import { type MethodsOf, ownRow, type Profile, submit } from '../profile.ts'

export const verifyMethods: MethodsOf<'verify'> = { verify }

async function verify(profile: Profile, params: Params<'verify'>): Promise<VerificationJson> {
  const { name } = params
  const { account } = resolveContact(profile.store, name)
  if (params.acceptChange === true) {
    await submit(profile, { kind: 'acceptChange', account }, name)
  }
  const contact = pinned(profile, account)
  // Taken once: what is marked is the very key that was shown and compared (A3).
  const { key } = contact
  const number = numberOf(profile, account, key)
  if (params.check !== undefined && !sameDigits(number, params.check)) {
    throw new ClientError(
      'untrusted_identity',
      'The digits are not the same; nothing was marked.',
      {
        hint: 'compare again, on a call or face to face',
      },
    )
  }
  if (params.check !== undefined || params.yes === true) {
    if (contact.row.trust === 'changed') throw changed(contact.row.name)
    await submit(profile, { kind: 'markVerified', account, key }, name)
  }
  const { row } = pinned(profile, account)
  const { digits, words, qr } = number
  return { v: 1, type: 'verification', name: row.name, trust: row.trust, digits, words, qr }
}

const changed = (name: string): ClientError =>
  new ClientError('untrusted_identity', 'The identity changed; the change comes first.', {
    hint: `sotto verify ${name} --accept-change`,
  })

interface Pinned {
  readonly row: ContactRow
  readonly key: Uint8Array
}

/** While `changed`, the key on offer is the one to compare: it is what accepting would pin. */
function pinned({ store }: Profile, account: ContactRow['account']): Pinned {
  const row = store.contact(account)
  const key = row?.trust === 'changed' ? row.offeredKey : row?.identityKey
  if (row === undefined || key === undefined) {
    throw badInput('No key of this contact is known yet.', 'send a message first')
  }
  return { row, key }
}

function numberOf(profile: Profile, account: ContactRow['account'], accountKey: Uint8Array) {
  const self = ownRow(profile)
  return safetyNumber(
    profile.env.primitives,
    { account: self.account, accountKey: self.identityKey },
    { account, accountKey },
  )
}
