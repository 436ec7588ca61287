// A registration that was cut off goes on where it ended; what is not ours is not touched.

import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listProfiles, openClient, registerProfile } from '../../src/client/client.ts'
import { vaultSealer } from '../../src/client/sealer.ts'
import { sealedFileKeychain } from '../../src/keychain/sealed-file.ts'
import { openStore } from '../../src/store/sqlite-store.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { newPerson, PASSPHRASE, type Person } from './person.ts'

let server: TestServer
let person: Person
let count = 0

beforeAll(async () => {
  server = await startServer({ registration: 'open' })
})
afterAll(async () => {
  await server?.close()
})
beforeEach(() => {
  count += 1
  person = newPerson(`name${count}`)
  return () => person.forget()
})

const inProfile = (name: string): string => join(person.home, person.name, name)
const wish = (more: object = {}) => ({
  ...person.options,
  name: person.name,
  server: server.url,
  ...more,
})

const secrets = async () => {
  const path = inProfile('secrets.sealed')
  const passphrase = () => Promise.resolve(PASSPHRASE)
  const loaded = await sealedFileKeychain({ path, sealer: vaultSealer, passphrase }).load()
  if (loaded === undefined) throw new Error('there are secrets')
  return loaded
}

describe('a registration', () => {
  test('leaves a profile that is its owner’s alone, whatever the umask', async () => {
    const before = process.umask(0)
    try {
      await registerProfile(wish())
    } finally {
      process.umask(before)
    }
    const folder = join(person.home, person.name)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(folder)) {
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600])
    }
    expect(listProfiles(person.home)).toEqual([person.name])
  })

  test('cut off behind the keychain takes the same secrets up', async () => {
    await registerProfile(wish())
    const first = await secrets()
    rmSync(inProfile('keychain.json'))
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(inProfile(`profile.db${suffix}`), { force: true })
    // The name is the first account's by now; these keys may have another.
    await registerProfile(wish({ name: `${person.name}-again` }))
    expect((await secrets()).databaseKey).toEqual(first.databaseKey)
  })

  test('cut off while the database was made makes it anew', async () => {
    const nobody = 'http://127.0.0.1:1'
    await expect(registerProfile(wish({ server: nobody }))).rejects.toMatchObject({
      code: 'network',
    })
    expect(existsSync(inProfile('keychain.json'))).toBe(false)
    await registerProfile(wish())
    for (const suffix of ['-wal', '-shm']) rmSync(inProfile(`profile.db${suffix}`), { force: true })
    truncateSync(inProfile('profile.db'), 0)
    await registerProfile(wish({ name: `${person.name}-again` }))
  })

  test('whose answer was lost is confirmed by the same account', async () => {
    const first = await registerProfile(wish())
    const store = openStore({ path: inProfile('profile.db'), key: (await secrets()).databaseKey })
    const self = store.self()
    if (self === undefined) throw new Error('an own row')
    store.transaction((tx) => tx.putSelf({ ...self, registered: false }))
    store.close()
    await expect(openClient(person.options)).rejects.toMatchObject({ code: 'no_profile' })
    expect((await registerProfile(wish())).id).toBe(first.id)
    const client = await person.open()
    expect((await client.call('whoami', {})).id).toBe(first.id)
    await client.close()
  })

  test('under a name that is taken can go on with another', async () => {
    await registerProfile(wish())
    const other = newPerson('other')
    const taken = { ...other.options, name: person.name, server: server.url }
    await expect(registerProfile(taken)).rejects.toMatchObject({ code: 'exists' })
    const { name } = await registerProfile({ ...taken, name: `${person.name}-two` })
    expect(name).toBe(`${person.name}-two`)
    other.forget()
  })

  test('with another passphrase than the first part had is refused', async () => {
    await registerProfile(wish())
    const sealed = readFileSync(inProfile('secrets.sealed'))
    rmSync(inProfile('keychain.json'))
    const passphrase = { environment: 'another' }
    await expect(registerProfile(wish({ passphrase }))).rejects.toMatchObject({
      code: 'passphrase_wrong',
    })
    expect(readFileSync(inProfile('secrets.sealed')).equals(sealed)).toBe(true)
  })
})

describe('opening', () => {
  test('says what is missing', async () => {
    await expect(openClient(person.options)).rejects.toMatchObject({ code: 'no_profile' })
    await registerProfile(wish())
    const { home, profile } = person.options
    const plain = { ...(home === undefined ? {} : { home }), profile, serve: false }
    await expect(openClient(plain)).rejects.toMatchObject({ code: 'passphrase_needed' })
    const wrong = { ...plain, passphrase: { environment: 'wrong' } }
    await expect(openClient(wrong)).rejects.toMatchObject({ code: 'passphrase_wrong' })
    const other = { ...person.options, keychain: 'os' } as const
    await expect(openClient(other)).rejects.toMatchObject({ code: 'not_allowed' })
    rmSync(inProfile('secrets.sealed'))
    await expect(openClient(person.options)).rejects.toMatchObject({ code: 'keychain_lost' })
    await expect(openClient({ ...plain, profile: '../x' })).rejects.toMatchObject({
      code: 'bad_input',
    })
  })
})
