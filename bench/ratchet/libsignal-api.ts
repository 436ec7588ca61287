// As much of @signalapp/libsignal-client as the bench calls. The package is no dependency: it is
// installed beside the project when the bench runs, so its own types are not at hand.

export interface Keys {
  serialize(): Uint8Array
}
export interface PrivateKey extends Keys {
  sign(message: Uint8Array): Uint8Array
  getPublicKey(): Keys
}
export interface KemPair {
  getPublicKey(): Keys
}
export interface Address {
  name(): string
}
export interface Ciphertext extends Keys {
  type(): number
}
/** `pqRatchet` is empty in a session without the post-quantum ratchet. */
export interface SignalMessage {
  messageVersion(): number
  pqRatchet(): Uint8Array
}

/** Versions differ in the arguments after those that all have. */
type More = readonly unknown[]

export interface LibSignal {
  /** Gone in the versions where every session has the post-quantum ratchet. */
  readonly UsePQRatchet?: { readonly No: number }
  readonly SessionStore: new () => object
  readonly IdentityKeyStore: new () => object
  readonly PreKeyStore: new () => object
  readonly SignedPreKeyStore: new () => object
  readonly KyberPreKeyStore: new () => object
  readonly PrivateKey: { generate(): PrivateKey }
  readonly KEMKeyPair: { generate(): KemPair }
  readonly ProtocolAddress: { new: (name: string, device: number) => Address }
  readonly PreKeyRecord: { new: (id: number, key: Keys, secret: PrivateKey) => object }
  readonly SignedPreKeyRecord: {
    new: (id: number, at: number, key: Keys, secret: PrivateKey, signature: Uint8Array) => object
  }
  readonly KyberPreKeyRecord: {
    new: (id: number, at: number, pair: KemPair, signature: Uint8Array) => object
  }
  readonly PreKeyBundle: { new: (...parts: More) => object }
  readonly SignalMessage: { deserialize(raw: Uint8Array): SignalMessage }
  readonly PreKeySignalMessage: { deserialize(raw: Uint8Array): object }
  processPreKeyBundle(bundle: object, peer: Address, ...more: More): Promise<void>
  signalEncrypt(plaintext: Uint8Array, peer: Address, ...more: More): Promise<Ciphertext>
  signalDecrypt(message: SignalMessage, peer: Address, ...more: More): Promise<Uint8Array>
  signalDecryptPreKey(message: object, peer: Address, ...more: More): Promise<Uint8Array>
}
