// People with real profiles on disk, each behind a server of their own that somebody may script.

import { join } from 'node:path'
import type { Client, EventJson, MessageJson } from '../../../../src/client/api.ts'
import { vaultSealer } from '../../../../src/client/sealer.ts'
import { sealedFileKeychain } from '../../../../src/keychain/sealed-file.ts'
import type { Store } from '../../../../src/store/port.ts'
import { openStore } from '../../../../src/store/sqlite-store.ts'
import { newPerson, PASSPHRASE, type Person, register, send } from '../../../client/person.ts'
import { startServer, type TestServer } from '../../../helpers/server.ts'
import { ManInTheMiddle } from './man-in-the-middle.ts'

type Live = MessageJson | EventJson

export class Victim {
  readonly person: Person
  readonly middle: ManInTheMiddle
  readonly live: Live[] = []
  client: Client
  readonly #waiting = new Set<() => void>()
  #store: Promise<Store> | undefined

  constructor(person: Person, middle: ManInTheMiddle, client: Client) {
    this.person = person
    this.middle = middle
    this.client = client
    this.#listen()
  }

  get name(): string {
    return this.person.name
  }

  #listen(): void {
    this.client.subscribe((event) => {
      this.live.push(event)
      for (const go of this.#waiting) go()
      this.#waiting.clear()
    })
  }

  async when<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** The next live event that fits, from `since` on. */
  told(fits: (event: EventJson) => boolean, since = this.live.length): Promise<EventJson> {
    return this.when(() => (this.live.slice(since) as EventJson[]).find(fits))
  }

  error(code: string, since = this.live.length): Promise<EventJson> {
    return this.told((event) => event.type === 'error' && event.code === code, since)
  }

  lost(since = this.live.length): Promise<string> {
    return this.told((event) => event.type === 'disconnected', since).then(({ reason }) =>
      String(reason),
    )
  }

  /** A text of a peer that is shown as it comes. */
  arrival(text: string, since = 0): Promise<MessageJson> {
    return this.when(() =>
      this.live
        .slice(since)
        .find(
          (event): event is MessageJson =>
            event.type === 'message' && (event as MessageJson).body === text,
        ),
    )
  }

  /** What `receive` hands out of everything that ever happened. */
  async journal(types?: readonly string[]): Promise<readonly EventJson[]> {
    const { events } = await this.client.call('receive', {
      since: '0',
      ack: 'manual',
      timeout: 1,
      ...(types === undefined ? {} : { types }),
    })
    return events as readonly EventJson[]
  }

  async errors(): Promise<readonly string[]> {
    return (await this.journal(['error'])).map(({ code }) => String(code))
  }

  async texts(): Promise<readonly string[]> {
    return (await this.journal(['message']))
      .filter(({ direction }) => direction === 'in')
      .map(({ body }) => String(body))
  }

  send(to: string, text: string, more: object = {}) {
    return send(this.client, to, text, { timeout: 10_000, ...more })
  }

  /** Logged in, by now or soon. */
  async online(): Promise<void> {
    await this.when(() => {
      const last = this.live.findLast(({ type }) => type === 'connected' || type === 'disconnected')
      return last?.type === 'disconnected' ? undefined : true
    })
  }

  /** Cut, and logged in again. */
  async again(): Promise<void> {
    const since = this.live.length
    this.middle.cut()
    await this.told(({ type }) => type === 'connected', since)
  }

  async reopen(): Promise<void> {
    await this.client.close()
    this.client = await this.person.open({ serve: true })
    this.#listen()
  }

  /** The profile's rows, beside the process that holds it: to count them. */
  rows(): Promise<Store> {
    this.#store ??= openRows(this.person)
    return this.#store
  }

  async close(): Promise<void> {
    ;(await this.#store)?.close()
    await this.client.close().catch(() => undefined)
    await this.middle.close()
    this.person.forget()
  }
}

async function openRows({ home, name }: Person): Promise<Store> {
  const folder = join(home, name)
  const passphrase = (): Promise<string> => Promise.resolve(PASSPHRASE)
  const path = join(folder, 'secrets.sealed')
  const secrets = await sealedFileKeychain({ path, sealer: vaultSealer, passphrase }).load()
  if (secrets === undefined) throw new Error('no secrets')
  return openStore({ path: join(folder, 'profile.db'), key: secrets.databaseKey })
}

export interface World {
  readonly server: TestServer
  readonly alice: Victim
  readonly bob: Victim
  close(): Promise<void>
}

export async function victim(server: TestServer, name: string): Promise<Victim> {
  const middle = await ManInTheMiddle.before(server.url)
  const person = newPerson(name)
  await register(person, { ...server, url: middle.url })
  return new Victim(person, middle, await person.open({ serve: true }))
}

/** Alice, whose server is hostile, and Bob, who is her friend. */
export async function befriended(): Promise<World> {
  const server = await startServer()
  const [alice, bob] = await Promise.all([victim(server, 'alice'), victim(server, 'bob')])
  await alice.send('bob', 'hello bob')
  await bob.arrival('hello bob')
  await bob.client.call('contact.accept', { name: 'alice' })
  await bob.send('alice', 'hello alice')
  await alice.arrival('hello alice')
  // From here on nothing is under way that a test did not send.
  await alice.told(({ type }) => type === 'receipt', 0)
  return {
    server,
    alice,
    bob,
    async close() {
      await Promise.all([alice.close(), bob.close()])
      await server.close()
    },
  }
}
