// A server that came back from a backup has forgotten what it said since. Its logs must not number
// new entries as it numbered the forgotten ones: readers would take them for old (N11).

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { backupServer } from '../../server/backup.ts'
import { restoreServer } from '../../server/restore.ts'
import { newPerson, receiveTexts, register, send } from '../client/person.ts'
import { startServer } from '../helpers/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'sotto-restored-'))
const people = [newPerson('alice'), newPerson('bob')] as const
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  for (const person of people) person.forget()
})

test('what is said after a restore arrives, though more was said before it than is left', {
  timeout: 60_000,
}, async () => {
  const [alice, bob] = people
  const source = await startServer()
  for (const person of people) await register(person, source)
  const said = async (texts: readonly string[]): Promise<readonly string[]> => {
    const from = await alice.open()
    for (const text of texts) await send(from, 'bob', text)
    await from.close()
    const to = await bob.open()
    try {
      return await receiveTexts(to, { types: ['message'], timeout: 15_000 })
    } finally {
      await to.close()
    }
  }
  expect(await said(['one'])).toEqual(['one'])
  const backup = join(folder, 'backup')
  await backupServer({ data: source.data, to: backup, now: Date.now() })
  const forgotten = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight']
  expect(await said(forgotten)).toEqual(forgotten)
  const listen = new URL(source.url).host
  await source.close()

  const data = join(folder, 'restored')
  await restoreServer({ data, from: backup, check: false })
  const restored = await startServer({ data, listen })
  try {
    expect(await said(['after the restore'])).toEqual(['after the restore'])
  } finally {
    await restored.close()
  }
})
