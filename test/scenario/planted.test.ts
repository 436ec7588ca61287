// The simulation must be able to fail: each mistake that it is there for is made once, on purpose,
// and has to be found.

import { describe, expect, test } from 'vitest'
import type { OutboxRow, SessionRow, Store } from '../../src/store/port.ts'
import type { Device, Plants } from './world/device.ts'
import { findingsOf, STORM } from './world/run.ts'

/** Far more than any of these needs. */
const PATIENCE = 60

/** The first seed whose run breaks what this mistake is known to break. */
async function seedThatFinds(plants: Plants, wanted: RegExp): Promise<number | undefined> {
  for (let seed = 1; seed <= PATIENCE; seed += 1) {
    const findings = await findingsOf(seed, STORM, plants)
    if (!findings.some((finding) => wanted.test(finding))) continue
    if (process.env.SOTTO_DEEP === '1') process.stdout.write(`${wanted}: seed ${seed}\n`)
    return seed
  }
  return undefined
}

/** The ratchet's next state is stored a transaction later than the ciphertext that it made. */
function sessionsBehind(store: Store): Store {
  let late: SessionRow[] = []
  return {
    ...store,
    transaction: (work) =>
      store.transaction((tx) => {
        for (const row of late) tx.putSession(row)
        late = []
        const held: SessionRow[] = []
        let sends = false
        const result = work({
          ...tx,
          putSession: (row) => void held.push({ ...row, state: row.state.slice() }),
          addOutbox(row) {
            sends = true
            return tx.addOutbox(row)
          },
        })
        if (sends) late = held
        else for (const row of held) tx.putSession(row)
        return result
      }),
  }
}

/** Nothing remembers which messages came already. */
function forgetful(store: Store): Store {
  return {
    ...store,
    transaction: (work) => store.transaction((tx) => work({ ...tx, seen: () => false })),
  }
}

/** A row whose answer was lost is encrypted anew before it goes again. */
async function encryptAgain(device: Device, row: OutboxRow): Promise<void> {
  const { store } = device
  store.transaction((tx) => {
    for (const old of tx.outbox(Number.MAX_SAFE_INTEGER, tx.outboxSize())) {
      tx.deleteOutbox(old.row)
      tx.addOutbox({ ...old, lists: old.lists.map((list) => ({ ...list, version: 0 })) })
    }
  })
  const accounts = new Set(store.contacts().map((contact) => contact.account))
  for (const { account } of row.lists) accounts.add(account)
  for (const account of accounts) await device.driver.refreshDevices(account)
}

describe('a planted mistake is found', () => {
  test('an acknowledgement before the commit loses a message', { timeout: 60_000 }, async () => {
    expect(await seedThatFinds({ ackFirst: true }, /I1 .* is lost/)).toBeDefined()
  })

  test('a ratchet stored behind its ciphertext uses a key twice', { timeout: 60_000 }, async () => {
    expect(await seedThatFinds({ store: sessionsBehind }, /I5 key/)).toBeDefined()
  })

  test('a retry that encrypts again, to somebody who remembers nothing, comes twice', {
    timeout: 60_000,
  }, async () => {
    const plants = { resend: encryptAgain, store: forgetful }
    expect(await seedThatFinds(plants, /I2|I6 quarantined/)).toBeDefined()
  })
})

test('a retry that encrypts again is known by its id, and shown once', async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const findings = await findingsOf(seed, STORM, { resend: encryptAgain })
    expect(findings.filter((finding) => /I[1246]/.test(finding))).toEqual([])
  }
})
