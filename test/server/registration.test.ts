import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminCall } from '../../server/admin-client.ts'
import { inviteHash, newInviteCode } from '../../server/invite-codes.ts'
import {
  ask,
  newAccount,
  recordOf,
  registered,
  wirePrekey,
  wireUpload,
} from '../helpers/account.ts'
import { randomEnv } from '../helpers/env.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

let server: TestServer
let open: TestServer
beforeAll(async () => {
  server = await startServer()
  open = await startServer({ registration: 'open' })
})
afterAll(async () => {
  await server.close()
  await open.close()
})

const register = async (url: string, body: unknown) => {
  const { status, json } = await ask(url, '/v1/register', { method: 'POST', body })
  return status === 200 ? 'registered' : json.error
}

describe('names', () => {
  test('one that looks like a taken one is taken', async () => {
    await registered(open, 'clara.mill')
    for (const name of ['clara.mill', 'claramill', 'dara-mill', 'c1ara_mi1l', 'clararnill']) {
      expect([
        name,
        await register(open.url, (await newAccount(open.url, name)).registration()),
      ]).toEqual([name, 'name_taken'])
    }
  })

  test('reserved, short, long and foreign ones are refused', async () => {
    for (const name of ['admin', 'a', 'x'.repeat(33), 'Alice', 'аlice', 'a b', '-a', "a'--"]) {
      const body = (await newAccount(open.url, name)).registration()
      expect([name, await register(open.url, body)]).toEqual([name, 'bad_request'])
    }
  })
})

describe('what must be proven', () => {
  test('the account key, for this name, device, time and server', async () => {
    const some = await newAccount(open.url, 'proven')
    const good = some.registration()
    const other = (await newAccount(open.url, 'proven')).registration()
    const elsewhere = await newAccount(server.url, 'proven')
    for (const [what, body] of Object.entries({
      name: { ...good, name: 'proved' },
      device: { ...good, device: other.device },
      account: { ...good, account: other.account },
      time: { ...good, time: good.time + 1 },
      'another key': { ...good, identityKey: other.identityKey },
      'another proof': { ...good, proof: other.proof },
      'another server': elsewhere.registration(),
      'long ago': { ...good, time: good.time - 3_600_000 },
    })) {
      expect([what, await register(open.url, body)]).toEqual([what, 'unauthorised'])
    }
    expect(await register(open.url, good)).toBe('registered')
  })

  test('a first list of exactly this device, and prekeys that it signed', async () => {
    const some = await newAccount(open.url, 'keyed')
    const other = await newAccount(open.url, 'keyed')
    const keys = wireUpload(some.device)
    const { kemLastResort: _, ...withoutLast } = keys
    const swapped = wirePrekey(some.device, 'curve-one-time', 9)
    for (const [what, prekeys] of Object.entries({
      'another device’s keys': wireUpload(other.device),
      'no last resort': withoutLast,
      'a one-time key as the signed one': { ...keys, curveSigned: swapped },
    })) {
      const body = some.registration(undefined, prekeys)
      expect([what, await register(open.url, body)]).toEqual([what, 'bad_request'])
    }
    const two = await newAccount(open.url, 'twofold')
    const second = two.onNewDevice()
    two.lists = [two.nextList([recordOf(two.device), recordOf(second.device)], undefined)]
    expect(await register(open.url, two.registration())).toBe('bad_request')
  })
})

describe('invites', () => {
  test('none is asked for by its name, a wrong one says so, before the name is looked at', async () => {
    await registered(server, 'taken')
    const body = (await newAccount(server.url, 'taken')).registration()
    expect(await register(server.url, body)).toBe('invite_required')
    const wrong = newInviteCode(randomEnv).code
    expect(await register(server.url, { ...body, invite: wrong })).toBe('invite_invalid')
    expect(await register(server.url, { ...body, invite: 'x' })).toBe('invite_invalid')
    expect(await register(server.url, { ...body, invite: await server.invite() })).toBe(
      'name_taken',
    )
  })

  test('one is used once, a refusal does not use it, a repeated call does not need it', async () => {
    const invite = await server.invite()
    await registered(server, 'once')
    const clash = (await newAccount(server.url, 'once')).registration(invite)
    expect(await register(server.url, clash)).toBe('name_taken')
    const first = (await newAccount(server.url, 'first')).registration(invite)
    expect(await register(server.url, first)).toBe('registered')
    expect(await register(server.url, first)).toBe('registered')
    const second = (await newAccount(server.url, 'second')).registration(invite)
    expect(await register(server.url, second)).toBe('invite_invalid')
  })

  test('thirty at once get one account out of one code', async () => {
    const invite = await server.invite()
    const bodies = await Promise.all(
      Array.from({ length: 30 }, async (_, index) =>
        (await newAccount(server.url, `crowd${index}x`)).registration(invite),
      ),
    )
    const outcomes = await Promise.all(bodies.map((body) => register(server.url, body)))
    expect(outcomes.filter((outcome) => outcome === 'registered').length).toBe(1)
  })

  test('many uses, a revoked one, one by its code, an expired one', async () => {
    const many = await adminCall(server.data, 'invite.create', { uses: 2 })
    const use = async (name: string, code: string) =>
      register(server.url, (await newAccount(server.url, name)).registration(code))
    expect(await use('many-a', many.code.toUpperCase())).toBe('registered')
    expect(await use('many-b', many.code.replaceAll('-', ' '))).toBe('registered')
    expect(await use('many-c', many.code)).toBe('invite_invalid')
    const revoked = await adminCall(server.data, 'invite.create', {})
    await adminCall(server.data, 'invite.revoke', { id: revoked.id })
    expect(await use('revoked-a', revoked.code)).toBe('invite_invalid')
    const byCode = await adminCall(server.data, 'invite.create', {})
    await adminCall(server.data, 'invite.revoke', { id: byCode.code })
    expect(await use('revoked-b', byCode.code)).toBe('invite_invalid')
    await expect(adminCall(server.data, 'invite.revoke', { id: 'nothing' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('one that is past its time is worth nothing', async () => {
    let now = Date.now()
    const env = { now: () => now, random: randomEnv.random }
    const clocked = await startServer({ overrides: { env } })
    const { code } = await adminCall(clocked.data, 'invite.create', { expiresInMs: 1_000 })
    now += 1_001
    const late = (await newAccount(clocked.url, 'late')).registration(code)
    expect(await register(clocked.url, late)).toBe('invite_invalid')
    await clocked.close()
  })

  test('the first one is made anew until somebody has it', async () => {
    let clocked = await startServer()
    const old = clocked.firstInvite
    clocked = await clocked.restart()
    expect(clocked.firstInvite).not.toBe(old)
    const late = await newAccount(clocked.url, 'late')
    expect(await register(clocked.url, late.registration(old))).toBe('invite_invalid')
    const first = await ask(clocked.url, '/v1/register', {
      method: 'POST',
      body: late.registration(clocked.firstInvite),
    })
    expect(first.json.operator).toBe(true)
    clocked = await clocked.restart()
    expect(clocked.firstInvite).toBeUndefined()
    await clocked.close()
  })

  test('codes are long, spelled alike and never kept', () => {
    const { code, hash } = newInviteCode(randomEnv)
    expect(code).toMatch(/^([a-z2-7]{4}-){6}[a-z2-7]{2}$/)
    expect(inviteHash(code.toUpperCase())).toEqual(hash)
    expect(new Set(Array.from({ length: 200 }, () => newInviteCode(randomEnv).code)).size).toBe(200)
  })
})

describe('rates and silence', () => {
  test('one address makes so many accounts and no more (N9)', async () => {
    const narrow = await startServer({
      registration: 'open',
      overrides: { limits: { registrationsPerHour: 3 } },
    })
    const outcomes: string[] = []
    for (let index = 0; index < 5; index += 1) {
      const body = (await newAccount(narrow.url, `spam${index}q`)).registration()
      outcomes.push(await register(narrow.url, body))
    }
    expect(outcomes.slice(0, 3)).toEqual(['registered', 'registered', 'registered'])
    expect(outcomes.slice(3)).toEqual(['rate_limited', 'rate_limited'])
    await narrow.close()
  })

  test('an unknown and a disabled account give the same answer (N8)', async () => {
    const asking = await registered(open, 'asking')
    const gone = await registered(open, 'goner')
    await adminCall(open.data, 'user.disable', { name: 'goner' })
    const nobody = await newAccount(open.url, 'nobody')
    const both = async (path: (some: typeof gone) => string, wish = {}) => {
      const answers = []
      for (const some of [gone, nobody]) {
        const { status, bytes } = await asking.ask(path(some), wish)
        answers.push([status, Buffer.from(bytes).toString()])
      }
      expect(answers[0]?.[0]).toBe(404)
      expect(answers[0]).toEqual(answers[1])
    }
    await both(({ name }) => `/v1/names/${name}`)
    await both(({ account }) => `/v1/accounts/${account}`)
    await both(({ account }) => `/v1/accounts/${account}/devices`)
    const body = { devices: [gone.device.device] }
    await both(({ account }) => `/v1/accounts/${account}/prekeys`, { method: 'POST', body })
    // Only who proves to be its owner is told.
    expect((await gone.login()).json.error).toBe('disabled')
    expect((await nobody.login()).json.error).toBe('unauthorised')
    expect((await gone.ask('/v1/names/asking')).status).toBe(401)
    await adminCall(open.data, 'user.enable', { name: 'goner' })
    expect((await gone.login()).status).toBe(200)
  })
})
