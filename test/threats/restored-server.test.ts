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
  const source = await startServer()
  for (const person of people) await register(person, source)
  const [alice, bob] = [await people[0].open(), await people[1].open()]
  const said = async (texts: readonly string[]): Promise<readonly string[]> => {
    for (const text of texts) await send(alice, 'bob', text)
    const heard: string[] = []
    while (heard.length < texts.length) {
      const more = await receiveTexts(bob, { types: ['message'], timeout: 15_000 })
      if (more.length === 0) break
      heard.push(...more)
    }
    return heard
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
    await alice.close()
    await bob.close()
    await restored.close()
  }
})
