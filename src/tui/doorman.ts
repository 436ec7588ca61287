// Opens the profile, and asks for its passphrase for as long as it takes: at the start, and again
// when the process that held the profile is gone and this one has to open it.

import { type Client, ClientError } from '../client/api.ts'
import type { TuiEvent } from './event.ts'
import type { Door } from './host.ts'
import type { Failure } from './model.ts'
import { failureOf } from './use-client.ts'

interface DoormanOptions {
  readonly door: Door
  readonly happen: (event: TuiEvent) => void
  /** From now on this is the client. */
  readonly use: (client: Client) => void
}

interface Asked {
  readonly answer: (text: string) => void
  readonly giveUp: (error: Error) => void
}

export class Doorman {
  readonly #options: DoormanOptions
  #client: Client | undefined
  #asked: Asked | undefined
  #times = 0
  #isReopening = false

  constructor(options: DoormanOptions) {
    this.#options = options
  }

  enter(): void {
    const { door } = this.#options
    if (door.kind === 'open') this.#opened(door.client, door.chat)
    if (door.kind === 'profile') this.open()
  }

  open(): void {
    this.#times = 0
    void this.#open()
  }

  /** The passphrase that was just chosen opens what it sealed. */
  async found(passphrase: string | undefined): Promise<void> {
    const { door } = this.#options
    if (door.kind === 'new') this.#take(await door.open(async () => passphrase ?? ''))
  }

  typed(text: string): void {
    this.#asked?.answer(text)
    this.#asked = undefined
  }

  /** Nobody types any more. */
  close(): void {
    this.#asked?.giveUp(new ClientError('passphrase_needed', 'The screen was left.'))
    this.#asked = undefined
  }

  async #open(): Promise<void> {
    const { door, happen } = this.#options
    if (door.kind === 'open') return
    const failure = await this.#tried(async () => {
      const client = await door.open(() => this.#ask())
      this.#opened(client, door.kind === 'profile' ? door.chat : undefined)
    })
    if (failure !== undefined) happen({ kind: 'openFailed', failure })
  }

  /** The next call opens the profile here: it ends when somebody typed what opens it. */
  async #reopen(client: Client): Promise<void> {
    if (this.#isReopening) return
    this.#isReopening = true
    const failure = await this.#tried(async () => void (await client.call('whoami', {})))
    this.#isReopening = false
    this.#times = 0
    this.#options.happen(
      failure === undefined ? { kind: 'unlocked' } : { kind: 'openFailed', failure },
    )
  }

  /** Whoever typed a wrong one types it again; one from a file or the environment stays as it is. */
  async #tried(work: () => Promise<void>): Promise<Failure | undefined> {
    for (;;) {
      const times = this.#times
      try {
        await work()
        return undefined
      } catch (error) {
        const failure = failureOf(error)
        const isTyped = this.#isReopening || this.#times > times
        if (failure.code !== 'passphrase_wrong' || !isTyped) return failure
      }
    }
  }

  #ask(): Promise<string> {
    this.#times += 1
    this.#options.happen({ kind: 'passphraseWanted', again: this.#times > 1 })
    if (this.#client !== undefined) void this.#reopen(this.#client)
    return new Promise((answer, giveUp) => {
      this.#asked = { answer, giveUp }
    })
  }

  #opened(client: Client, chat: string | undefined): void {
    this.#take(client)
    this.#options.happen({ kind: 'opened', chat })
  }

  #take(client: Client): void {
    this.#client = client
    this.#times = 0
    this.#options.use(client)
  }
}
