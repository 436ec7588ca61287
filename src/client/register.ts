// A new identity: keys → keychain → marker → database → server. Each step is durable before the
// next begins, and the same call again goes on where the last one ended.

import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { headOf, signDeviceList } from '../crypto/device-list.ts'
import { accountFromSeed, deviceFromSeeds } from '../crypto/identity.ts'
import type { LocalDevice } from '../crypto/session.ts'
import { encodeGeneration, GENERATION_KEY } from '../keychain/generation.ts'
import {
  entryName,
  identityState,
  type Marker,
  readMarker,
  writeMarker,
} from '../keychain/marker.ts'
import { type Keychain, KeychainError, type KeychainSecrets } from '../keychain/port.ts'
import { equalPublic, toBase64Url } from '../protocol/bytes.ts'
import { type AccountId, type DeviceId, uuidV4 } from '../protocol/ids.ts'
import { type AccountName, isAccountName } from '../protocol/names.ts'
import type { Prekey, PrekeyKind, PrekeyUpload } from '../protocol/prekeys.ts'
import { registrationProof } from '../protocol/proof.ts'
import type { SelfRow, Store } from '../store/port.ts'
import { createStore, openStore, removeStore } from '../store/sqlite-store.ts'
import { type AccountJson, ClientError } from './api.ts'
import { DirectoryError } from './directory.ts'
import { httpDirectory, wireUpload } from './directory-http.ts'
import { createDriver } from './driver.ts'
import { realEnv } from './env.ts'
import { badInput, linkStopped } from './errors.ts'
import { type Http, openHttp } from './http.ts'
import { checkVersions, decoded, useless } from './http-answer.ts'
import { chosenKind, openKeychain } from './keychains.ts'
import { accountJson } from './methods/account.ts'
import type { ProfilePaths } from './paths.ts'
import type { RegisterOptions } from './profile-options.ts'
import { parseServerAddress, type ServerAddress } from './server-address.ts'

const SEED_BYTES = 32
const ENTRY_BYTES = 8
const FIRST_GENERATION = 1
/** As the content codec has it: the name travels inside messages. */
const MAX_DEVICE_NAME_BYTES = 64
const { primitives } = realEnv

/** The caller holds the profile's lock. */
export async function register(
  paths: ProfilePaths,
  options: RegisterOptions,
): Promise<AccountJson> {
  const name = checkedName(options.name)
  const address = parseServerAddress(options.server)
  const http = openHttp({ address, env: realEnv })
  try {
    // First, so that an address that is none leaves nothing behind.
    const server = await http.call('server')
    checkVersions(server.versions)
    const { marker, secrets } = await identity(paths, options)
    const store = database(paths, secrets)
    try {
      const wish = { name, address, serverKey: decoded(server.key), options }
      const self = ownRow(store, secrets, wish)
      if (!self.registered) await announce(http, store, self, secrets, options.invite)
      return accountJson(store.self() ?? self, {
        keychain: marker.keychain,
        profile: paths.profile,
        connected: false,
        outbox: store.outboxSize(),
      })
    } finally {
      store.close()
    }
  } finally {
    http.close()
  }
}

function checkedName(name: string): AccountName {
  if (isAccountName(name)) return name
  throw badInput('A name is 2 to 32 of a–z, 0–9, dot, dash and underscore, and not a reserved one.')
}

interface Identity {
  readonly marker: Marker
  readonly secrets: KeychainSecrets
}

async function identity(paths: ProfilePaths, options: RegisterOptions): Promise<Identity> {
  const known = await readMarker(paths.marker)
  const kind = chosenKind(known, options)
  const entry = entryName(paths.profile, realEnv.random(ENTRY_BYTES))
  const marker = known ?? { keychain: kind, entry, createdAt: realEnv.now() }
  const keychain = await openKeychain({ kind, entry: marker.entry }, paths, options)
  if (known !== undefined) {
    const state = await identityState(known, () => keychain)
    if (state.kind === 'present') return { marker, secrets: state.secrets }
    throw new KeychainError('keychain_lost', 'no secrets')
  }
  const secrets = await firstSecrets(keychain)
  await writeMarker(paths.marker, marker)
  return { marker, secrets }
}

/** A file that an interrupted registration sealed is taken up, not written over. */
async function firstSecrets(keychain: Keychain): Promise<KeychainSecrets> {
  const left = keychain.kind === 'file' ? await keychain.load() : undefined
  if (left !== undefined) return left
  const secrets: KeychainSecrets = {
    databaseKey: realEnv.random(SEED_BYTES),
    signingSeed: realEnv.random(SEED_BYTES),
    agreementSeed: realEnv.random(SEED_BYTES),
    accountSeed: realEnv.random(SEED_BYTES),
    generation: FIRST_GENERATION,
  }
  await keychain.save(secrets)
  return secrets
}

/** Until it has an own row, a database holds nothing: one that was cut off is made anew. */
function database(paths: ProfilePaths, secrets: KeychainSecrets): Store {
  const options = { path: paths.database, key: secrets.databaseKey }
  if (existsSync(paths.database)) {
    try {
      return openStore(options)
    } catch (error) {
      if (secrets.generation !== FIRST_GENERATION) throw error
      removeStore(paths.database)
    }
  }
  return createStore(options)
}

interface Wish {
  readonly name: AccountName
  readonly address: ServerAddress
  readonly serverKey: Uint8Array
  readonly options: RegisterOptions
}

function ownRow(store: Store, secrets: KeychainSecrets, wish: Wish): SelfRow {
  const known = store.self()
  if (known === undefined) return firstRow(store, secrets, wish)
  const same = known.name === wish.name && known.server === wish.address.text
  if (known.registered) {
    if (same) return known
    throw new ClientError('exists', `This profile is already ${known.name} on ${known.server}.`, {
      hint: 'choose another profile with --profile NAME',
    })
  }
  if (same && !equalPublic(known.serverKey, wish.serverKey)) throw linkStopped('server_key')
  // Nobody knows the identity yet: it may still take another name or another server.
  const row = { ...known, name: wish.name, server: wish.address.text, serverKey: wish.serverKey }
  store.transaction((tx) => tx.putSelf(row))
  return row
}

function firstRow(store: Store, secrets: KeychainSecrets, wish: Wish): SelfRow {
  const now = realEnv.now()
  const account = uuidV4<AccountId>(realEnv.random(16))
  const device = uuidV4<DeviceId>(realEnv.random(16))
  const owner = accountFromSeed(primitives, account, accountSeed(secrets))
  const row: SelfRow = {
    account,
    name: wish.name,
    identityKey: owner.keys.publicKey,
    device,
    deviceName: deviceName(wish.options.deviceName),
    server: wish.address.text,
    serverKey: wish.serverKey,
    createdAt: now,
    registered: false,
  }
  const local = localDevice(row, secrets)
  const list = signDeviceList(primitives, owner, {
    previous: undefined,
    issuedAt: now,
    devices: [
      {
        device,
        signingKey: local.signing.publicKey,
        agreementKey: local.agreement.publicKey,
        addedAt: now,
      },
    ],
  })
  const head = headOf(primitives, list)
  store.transaction((tx) => {
    tx.putSelf(row)
    tx.putDeviceList({ account, ...head, ...list, checkedAt: now })
    tx.putDeviceName(device, row.deviceName)
    tx.putMeta(GENERATION_KEY, encodeGeneration(secrets.generation))
  })
  return row
}

const localDevice = (self: SelfRow, secrets: KeychainSecrets): LocalDevice =>
  deviceFromSeeds(primitives, {
    account: self.account,
    accountKey: self.identityKey,
    device: self.device,
    signingSeed: secrets.signingSeed,
    agreementSeed: secrets.agreementSeed,
  })

function accountSeed({ accountSeed: seed }: KeychainSecrets): Uint8Array {
  if (seed === undefined)
    throw new ClientError('exists', 'This profile belongs to a linked device.')
  return seed
}

function deviceName(given: string | undefined): string {
  const name = (given ?? hostname().split('.')[0] ?? '').trim() || 'device'
  if (Buffer.byteLength(name) > MAX_DEVICE_NAME_BYTES || !name.isWellFormed()) {
    throw badInput(`A device’s name has at most ${MAX_DEVICE_NAME_BYTES} bytes.`)
  }
  return name
}

/** The server confirms by the same answer when it hears the same request again. */
async function announce(
  http: Http,
  store: Store,
  self: SelfRow,
  secrets: KeychainSecrets,
  invite: string | undefined,
): Promise<void> {
  const local = localDevice(self, secrets)
  const owner = accountFromSeed(primitives, self.account, accountSeed(secrets))
  const list = store.deviceList(self.account)
  if (list === undefined) throw new Error('the own list was written with the own row')
  const directory = httpDirectory(() => Promise.reject(new DirectoryError('network')))
  const driver = createDriver({ store, directory, env: realEnv, local })
  driver.firstPrekeys()
  const prekeys = allPrekeys(store)
  const time = realEnv.now()
  const proof = registrationProof({
    server: self.serverKey,
    name: self.name,
    account: self.account,
    device: self.device,
    time,
    listHash: list.hash,
  })
  const made = await http.call('register', {
    body: {
      name: self.name as AccountName,
      account: self.account,
      identityKey: toBase64Url(self.identityKey),
      list: { body: toBase64Url(list.body), signature: toBase64Url(list.signature) },
      device: self.device,
      prekeys: wireUpload(prekeys, false),
      time,
      proof: toBase64Url(primitives.ed25519Sign(owner.keys.privateKey, proof)),
      ...(invite === undefined ? {} : { invite }),
    },
  })
  if (made.account !== self.account) throw useless()
  driver.firstPrekeysUploaded()
  store.transaction((tx) => tx.putSelf({ ...self, registered: true }))
  await driver.close()
}

/** Also what is marked as uploaded: when the mark was the last that an interrupted call did. */
function allPrekeys(store: Store): PrekeyUpload {
  const of = (kind: PrekeyKind): readonly Prekey[] =>
    store
      .prekeys(kind)
      .filter((row) => row.retiredAt === undefined)
      .map(({ id, publicKey, createdAt, signature }) => ({
        id,
        key: publicKey,
        createdAt,
        signature,
      }))
  const [curveSigned] = of('curve-signed')
  const [kemLastResort] = of('kem-last-resort')
  if (curveSigned === undefined || kemLastResort === undefined) {
    throw new Error('the first prekeys were made')
  }
  const [curveOneTime, kemOneTime] = [of('curve-one-time'), of('kem-one-time')]
  return { curveSigned, kemLastResort, curveOneTime, kemOneTime }
}
