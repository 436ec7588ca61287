import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_ONE_TIME_PREKEYS } from '../../src/protocol/limits.ts'
import {
  recordOf,
  registered,
  type TestAccount,
  wireList,
  wirePrekey,
  wireUpload,
} from '../helpers/account.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

let server: TestServer
let asking: TestAccount
beforeAll(async () => {
  server = await startServer()
  asking = await registered(server, 'asking')
})
afterAll(() => server.close())

const claim = (from: TestAccount, of: TestAccount, devices = [of.device.device]) =>
  from.ask(`/v1/accounts/${of.account}/prekeys`, { method: 'POST', body: { devices } })
const upload = (account: TestAccount, body: object) =>
  account.ask('/v1/account/prekeys', { method: 'POST', body })

describe('prekeys (R6)', () => {
  test('two hundred claims at once never give a one-time key twice', async () => {
    const target = await registered(server, 'drained')
    // With those of the registration: 60 of each kind, for 200 who ask.
    await upload(target, wireUpload(target.device, { from: 10, count: 57 }))
    const replies = await Promise.all(Array.from({ length: 200 }, () => claim(asking, target)))
    const bundles = replies.map(({ json }) => json.bundles[0])
    const curves = bundles.flatMap(({ curveOneTime }) => curveOneTime?.key ?? [])
    const kems = bundles.filter(({ kemKind }) => kemKind === 'kem-one-time')
    expect([curves.length, new Set(curves).size]).toEqual([60, 60])
    expect([kems.length, new Set(kems.map(({ kem }) => kem.key)).size]).toEqual([60, 60])
    const last = bundles.filter(({ kemKind }) => kemKind === 'kem-last-resort')
    expect([last.length, new Set(last.map(({ kem }) => kem.key)).size]).toEqual([140, 1])
  })

  test('an upload that is repeated after a lost answer brings no key back', async () => {
    const target = await registered(server, 'repeated')
    const keys = wireUpload(target.device, { from: 10, count: 5 })
    const counts = [(await upload(target, keys)).json]
    const given = new Set<string>()
    // The first three are those of the registration.
    for (let index = 0; index < 5; index += 1) {
      given.add((await claim(asking, target)).json.bundles[0].curveOneTime.key)
    }
    counts.push((await upload(target, keys)).json)
    expect(counts).toEqual([
      { curve: 8, kem: 8 },
      { curve: 3, kem: 3 },
    ])
    const { json } = await claim(asking, target)
    expect(given.has(json.bundles[0].curveOneTime.key)).toBe(false)
  })

  test('`replace` drops what was there, and no device keeps more than its share', async () => {
    const target = await registered(server, 'replaced')
    const fresh = wireUpload(target.device, { from: 10, count: 2 })
    expect((await upload(target, { ...fresh, replace: true })).json).toEqual({ curve: 2, kem: 2 })
    const ids = Array.from({ length: MAX_ONE_TIME_PREKEYS }, (_, index) => 100 + index)
    const curveOneTime = ids.map((id) => wirePrekey(target.device, 'curve-one-time', id))
    expect((await upload(target, { curveOneTime, kemOneTime: [] })).json).toEqual({
      curve: MAX_ONE_TIME_PREKEYS,
      kem: 2,
    })
  })

  test('keys of another kind, device or signature are refused (A8)', async () => {
    const target = await registered(server, 'strict')
    const { device } = target
    const none = { curveOneTime: [], kemOneTime: [] }
    const oneTime = wirePrekey(device, 'curve-one-time', 5)
    for (const body of [
      { ...none, curveSigned: oneTime },
      { ...none, kemLastResort: wirePrekey(device, 'kem-one-time', 5) },
      { ...none, curveOneTime: [{ ...oneTime, id: 6 }] },
      { ...none, curveOneTime: [{ ...oneTime, createdAt: 1 }] },
      { ...none, curveOneTime: [oneTime, wirePrekey(asking.device, 'curve-one-time', 7)] },
    ]) {
      expect((await upload(target, body)).status).toBe(400)
    }
    expect((await upload(target, { ...none, curveOneTime: [oneTime] })).json.curve).toBe(4)
  })

  test('one who drains, and many who do, meet a limit; one’s own devices do not', async () => {
    const narrow = await startServer({
      overrides: { limits: { claimsPerHour: 2, claimedPerHour: 3 } },
    })
    const target = await registered(narrow, 'target')
    const one = await registered(narrow, 'one')
    const two = await registered(narrow, 'two')
    const statuses = []
    for (const from of [one, one, one, two, two, target]) {
      statuses.push((await claim(from, target)).status)
    }
    expect(statuses).toEqual([200, 200, 429, 200, 429, 200])
    await narrow.close()
  })

  test('devices of another account, and unknown ones, are not in the answer', async () => {
    const target = await registered(server, 'mixed')
    const { json } = await claim(asking, target, [asking.device.device, target.device.device])
    expect(json.bundles.map(({ device }: { device: string }) => device)).toEqual([
      target.device.device,
    ])
  })
})

describe('the chain of device lists', () => {
  test('grows by one, is answered from a version on, and a repeated call changes nothing', async () => {
    const some = await registered(server, 'chained')
    const laptop = some.onNewDevice()
    const next = some.nextList([recordOf(some.device), recordOf(laptop.device)])
    const body = { list: wireList(next) }
    const post = () => some.ask('/v1/account/devices', { method: 'POST', body })
    expect([(await post()).status, (await post()).status]).toEqual([200, 200])
    const path = `/v1/accounts/${some.account}/devices`
    const all = await asking.ask(path)
    expect(all.json.lists).toEqual([...some.lists, next].map(wireList))
    expect((await asking.ask(`${path}?after=1`)).json.lists).toEqual([wireList(next)])
    expect((await asking.ask(`${path}?after=2`)).json.lists).toEqual([])
    expect((await asking.ask(`${path}?after=-1`)).status).toBe(400)
  })

  test('a gap, a fork, a rollback, another’s signature and changed keys are refused', async () => {
    const some = await registered(server, 'forked')
    const [first] = some.lists
    const mine = recordOf(some.device)
    const next = some.nextList([mine, recordOf(some.onNewDevice().device)])
    const tooFar = some.nextList([mine], next)
    const rekeyed = { ...mine, signingKey: recordOf(asking.device).signingKey }
    const other = await registered(server, 'other-signer')
    const foreign = other.nextList([mine], first)
    for (const [what, list] of Object.entries({
      gap: tooFar,
      fork: some.nextList([mine, recordOf(some.onNewDevice().device)], tooFar),
      rekeyed: some.nextList([rekeyed]),
      foreign,
      unsigned: { ...next, signature: new Uint8Array(64) },
    })) {
      const body = { list: wireList(list) }
      const { status } = await some.ask('/v1/account/devices', { method: 'POST', body })
      expect([what, status]).toEqual([what, 400])
    }
    const both = { list: wireList(next) }
    expect((await some.ask('/v1/account/devices', { method: 'POST', body: both })).status).toBe(200)
    const back = { list: wireList(some.nextList([mine])) }
    expect((await some.ask('/v1/account/devices', { method: 'POST', body: back })).status).toBe(400)
  })

  test('a device of somebody else cannot be taken over by listing it', async () => {
    const some = await registered(server, 'greedy')
    const stolen = recordOf(asking.device)
    const reply = await some.ask('/v1/account/devices', {
      method: 'POST',
      body: { list: wireList(some.nextList([recordOf(some.device), stolen])) },
    })
    expect(reply.status).toBe(409)
    expect((await asking.ask('/v1/names/greedy')).status).toBe(200)
  })

  test('of two next lists at once one stands', async () => {
    const some = await registered(server, 'raced')
    const lists = Array.from({ length: 8 }, () =>
      some.nextList([recordOf(some.device), recordOf(some.onNewDevice().device)]),
    )
    const replies = await Promise.all(
      lists.map((list) =>
        some.ask('/v1/account/devices', { method: 'POST', body: { list: wireList(list) } }),
      ),
    )
    expect(replies.filter(({ status }) => status === 200).length).toBe(1)
  })
})

describe('deletion', () => {
  test('takes name, devices, keys and blobs; the name is free again', async () => {
    const some = await registered(server, 'leaving')
    const { blob } = (await some.ask('/v1/blobs', { method: 'POST', body: { size: 1 } })).json
    const headers = { 'content-range': 'bytes 0-0/1' }
    await some.ask(`/v1/blobs/${blob}`, { method: 'PUT', bytes: Buffer.from('x'), headers })
    expect((await asking.ask(`/v1/blobs/${blob}`)).status).toBe(200)
    expect((await some.ask('/v1/account', { method: 'DELETE' })).status).toBe(200)
    expect((await some.ask(`/v1/accounts/${some.account}`)).status).toBe(401)
    expect((await some.login()).status).toBe(401)
    expect((await asking.ask(`/v1/blobs/${blob}`)).status).toBe(404)
    expect((await asking.ask('/v1/names/leaving')).status).toBe(404)
    expect((await claim(asking, some)).status).toBe(404)
    await registered(server, 'leaving')
  })
})
