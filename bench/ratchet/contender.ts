// One implementation of sessions between two devices, as the bench drives it.

export interface Contender {
  readonly name: string
  /** Each message is sealed, carried as bytes and opened; all of them in one direction. */
  oneWay(count: number, plaintext: Uint8Array): Promise<void>
  /** In turns: each message brings a new ratchet key. */
  pingPong(count: number, plaintext: Uint8Array): Promise<void>
}

export interface Round {
  readonly perSecond: number
  readonly cpuMicroseconds: number
}

export interface Rounds {
  readonly name: string
  readonly oneWay: Round
  readonly pingPong: Round
}
