// Two devices of libsignal with one session between them. Its stores keep the session's native
// handle, not its bytes: the cheapest store it can have.

import type { Contender } from './contender.ts'
import type { Address, KemPair, LibSignal, PrivateKey, SignalMessage } from './libsignal-api.ts'

interface Device {
  readonly address: Address
  readonly identity: PrivateKey
  readonly sessions: object
  readonly identities: object
  readonly prekeys: readonly object[]
}

interface Secrets {
  readonly oneTime: PrivateKey
  readonly signed: PrivateKey
  readonly kem: KemPair
}

const REGISTRATION = 5
const DEVICE = 1
const ONE_TIME = 1
const SIGNED = 2
const KEM = 3
/** libsignal's number for a message that still carries the handshake. */
const WITH_HANDSHAKE = 3

export async function libsignalContender(library: LibSignal, version: string): Promise<Contender> {
  const secrets = {
    oneTime: library.PrivateKey.generate(),
    signed: library.PrivateKey.generate(),
    kem: library.KEMKeyPair.generate(),
  }
  const ann = deviceOf(library, '9d0652a3-dcc3-4d11-975f-74d61598733f', secrets)
  const ben = deviceOf(library, '796abedb-ca4e-4f18-8803-1fde5b921f9f', secrets)
  const wire = new Wire(library)
  await wire.begin(ann, ben, bundleOf(library, ben.identity, secrets))
  const some = Uint8Array.of(1)
  await wire.carry(ann, ben, some)
  await wire.carry(ben, ann, some)
  return {
    name: `libsignal ${version}, session v${await wire.describe(ann, ben)}`,
    async oneWay(count, plaintext) {
      for (let sent = 0; sent < count; sent += 1) await wire.carry(ann, ben, plaintext)
    },
    async pingPong(count, plaintext) {
      for (let sent = 0; sent < count; sent += 2) {
        await wire.carry(ann, ben, plaintext)
        await wire.carry(ben, ann, plaintext)
      }
    },
  }
}

/** The calls whose arguments differ between versions. */
class Wire {
  readonly #library: LibSignal
  /** Only where it can be chosen: without the post-quantum ratchet, as ours is. */
  readonly #choice: readonly unknown[]
  readonly #takesLocal: boolean

  constructor(library: LibSignal) {
    this.#library = library
    this.#choice = library.UsePQRatchet === undefined ? [] : [library.UsePQRatchet.No]
    this.#takesLocal = library.UsePQRatchet === undefined
  }

  begin(from: Device, to: Device, bundle: object): Promise<void> {
    const stores = [...this.#stores(from), ...this.#choice]
    return this.#library.processPreKeyBundle(bundle, to.address, ...stores)
  }

  async carry(from: Device, to: Device, plaintext: Uint8Array): Promise<void> {
    const sealed = await this.#seal(from, to, plaintext)
    if (sealed.type() !== WITH_HANDSHAKE) {
      const message = this.#library.SignalMessage.deserialize(sealed.serialize())
      await this.#library.signalDecrypt(message, from.address, ...this.#stores(to))
      return
    }
    const first = this.#library.PreKeySignalMessage.deserialize(sealed.serialize())
    const stores = [...this.#stores(to), ...to.prekeys, ...this.#choice]
    await this.#library.signalDecryptPreKey(first, from.address, ...stores)
  }

  async describe(from: Device, to: Device): Promise<string> {
    const sealed = await this.#seal(from, to, Uint8Array.of(1))
    const message: SignalMessage = this.#library.SignalMessage.deserialize(sealed.serialize())
    await this.#library.signalDecrypt(message, from.address, ...this.#stores(to))
    const ratchet = message.pqRatchet().length > 0 ? 'with' : 'without'
    return `${message.messageVersion()} ${ratchet} SPQR`
  }

  #seal(from: Device, to: Device, plaintext: Uint8Array): ReturnType<LibSignal['signalEncrypt']> {
    return this.#library.signalEncrypt(plaintext, to.address, ...this.#stores(from))
  }

  #stores(device: Device): readonly unknown[] {
    const local = this.#takesLocal ? [device.address] : []
    return [...local, device.sessions, device.identities]
  }
}

function bundleOf(library: LibSignal, identity: PrivateKey, secrets: Secrets): object {
  const { oneTime, signed, kem } = secrets
  return library.PreKeyBundle.new(
    REGISTRATION,
    DEVICE,
    ONE_TIME,
    oneTime.getPublicKey(),
    SIGNED,
    signed.getPublicKey(),
    identity.sign(signed.getPublicKey().serialize()),
    identity.getPublicKey(),
    KEM,
    kem.getPublicKey(),
    identity.sign(kem.getPublicKey().serialize()),
  )
}

function deviceOf(library: LibSignal, name: string, secrets: Secrets): Device {
  const identity = library.PrivateKey.generate()
  const { oneTime, signed, kem } = secrets
  const signature = (key: Uint8Array): Uint8Array => identity.sign(key)
  const signedKey = signed.getPublicKey()
  const records = [
    library.PreKeyRecord.new(ONE_TIME, oneTime.getPublicKey(), oneTime),
    library.SignedPreKeyRecord.new(SIGNED, 1, signedKey, signed, signature(signedKey.serialize())),
    library.KyberPreKeyRecord.new(KEM, 1, kem, signature(kem.getPublicKey().serialize())),
  ]
  return {
    address: library.ProtocolAddress.new(name, DEVICE),
    identity,
    sessions: sessionStore(library),
    identities: identityStore(library, identity),
    prekeys: prekeyStores(library, records),
  }
}

function sessionStore(library: LibSignal): object {
  const records = new Map<string, unknown>()
  return new (class extends library.SessionStore {
    async saveSession(peer: Address, record: unknown): Promise<void> {
      records.set(peer.name(), record)
    }
    async getSession(peer: Address): Promise<unknown> {
      return records.get(peer.name()) ?? null
    }
  })()
}

function identityStore(library: LibSignal, own: PrivateKey): object {
  const keys = new Map<string, unknown>()
  return new (class extends library.IdentityKeyStore {
    async getIdentityKey(): Promise<PrivateKey> {
      return own
    }
    async getLocalRegistrationId(): Promise<number> {
      return REGISTRATION
    }
    async saveIdentity(peer: Address, key: unknown): Promise<number> {
      keys.set(peer.name(), key)
      return 0
    }
    async isTrustedIdentity(): Promise<boolean> {
      return true
    }
    async getIdentity(peer: Address): Promise<unknown> {
      return keys.get(peer.name()) ?? null
    }
  })()
}

function prekeyStores(library: LibSignal, records: readonly object[]): readonly object[] {
  const [oneTime, signed, kem] = records
  return [
    new (class extends library.PreKeyStore {
      async getPreKey(): Promise<unknown> {
        return oneTime
      }
      async removePreKey(): Promise<void> {}
    })(),
    new (class extends library.SignedPreKeyStore {
      async getSignedPreKey(): Promise<unknown> {
        return signed
      }
    })(),
    new (class extends library.KyberPreKeyStore {
      async getKyberPreKey(): Promise<unknown> {
        return kem
      }
      async markKyberPreKeyUsed(): Promise<void> {}
    })(),
  ]
}
