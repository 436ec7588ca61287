// A person with a profile on disk: real keychain file, real database, real sockets.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client, EventJson, MessageJson, SendResult } from '../../src/client/api.ts'
import { openClient, type ProfileOptions, registerProfile } from '../../src/client/client.ts'
import type { TestServer } from '../helpers/server.ts'

export const PASSPHRASE = 'correct horse'

export interface Person {
  readonly name: string
  readonly home: string
  readonly options: ProfileOptions
  open(more?: Partial<ProfileOptions>): Promise<Client>
  forget(): void
}

export function newPerson(name: string, more: Partial<ProfileOptions> = {}): Person {
  const home = mkdtempSync(join(tmpdir(), `sotto-${name}-`))
  const options: ProfileOptions = {
    home,
    profile: name,
    keychain: 'file',
    passphrase: { environment: PASSPHRASE },
    serve: false,
    ...more,
  }
  return {
    name,
    home,
    options,
    open: (others) => openClient({ ...options, ...others }),
    forget: () => rmSync(home, { recursive: true, force: true }),
  }
}

export async function register(person: Person, server: TestServer, invite?: string): Promise<void> {
  const { options, name } = person
  await registerProfile({
    ...options,
    name,
    server: server.url,
    deviceName: 'laptop',
    invite: invite ?? (await server.invite()),
  })
}

let keys = 0

export async function send(
  client: Client,
  to: string,
  text: string,
  more: object = {},
): Promise<SendResult> {
  keys += 1
  const key = `key ${process.pid} ${keys}`
  const { results } = await client.call('send', {
    to: [to],
    text,
    idempotencyKey: key,
    timeout: 15_000,
    ...more,
  })
  const [result] = results
  if (result === undefined) throw new Error('one recipient, one result')
  return result
}

export const isMessage = (event: MessageJson | EventJson): event is MessageJson =>
  event.type === 'message'

/** Texts that came in, in order. */
export async function receiveTexts(client: Client, more: object = {}): Promise<readonly string[]> {
  const { events } = await client.call('receive', { ...more })
  return events.filter(isMessage).map((message) => message.body)
}
