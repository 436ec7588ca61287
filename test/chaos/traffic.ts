// What the two friends do while processes die: texts, files, edits, reactions, deletions, in both
// directions; and what both histories must therefore say in the end.

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MessageJson } from '../../src/client/api.ts'
import type { Chance } from '../scenario/world/chance.ts'
import { type Friends, NAMES, type Name, peerOf } from './world.ts'

/** One message, as it was sent and as it was changed since. */
export interface Posted {
  readonly from: Name
  readonly kind: 'text' | 'file'
  /** Unique; what is in it tells who said it as how many-th. */
  readonly said: string
  /** Of the file's bytes. */
  readonly digest: string | undefined
  id: string | undefined
  /** Its sender was told so. */
  stored: boolean
  body: string
  reaction: string | undefined
  deleted: boolean
}

export interface Traffic {
  readonly posted: readonly Posted[]
  /** Calls that failed, files that came otherwise. */
  readonly violations: readonly string[]
  /** A text, or now and then a file; resolves when the server has it. */
  post(from: Name): Promise<Posted>
  /** A text, file, edit, reaction or deletion: chance decides. */
  act(from: Name): Promise<unknown>
  /** Resolves when the peer has read all that was posted, and has its files. */
  arrived(): Promise<void>
}

/** Of a hundred acts. */
const FILES = 6
const EDITS = 10
const REACTIONS = 8
const DELETIONS = 3
const MAX_FILE_BYTES = 200_000
const EMOJI = ['👍', '🎉', '❤️', '😀']
/** A download whose server is killed says so: whoever wants the file asks again. */
const DOWNLOAD_TRIES = 20

interface Ports {
  readonly friends: Friends
  readonly chance: Chance
  readonly folder: string
  /** Longer than any outage of a run that goes well. */
  readonly storedMs: number
}

export function makeTraffic(ports: Ports): Traffic {
  const { friends, chance } = ports
  const posted: Posted[] = []
  const violations: string[] = []
  const downloads: Promise<void>[] = []
  const guard = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work
    } catch (error) {
      violations.push(`I7: ${error instanceof Error ? error.message : error}`)
      return undefined
    }
  }
  for (const name of NAMES) {
    friends[name].reader.onMessage((message) => {
      if (message.kind === 'file') downloads.push(guardedDownload(name, message))
    })
  }
  const guardedDownload = async (name: Name, message: MessageJson): Promise<void> => {
    const wanted = posted.find(({ said }) => said === message.body)?.digest
    const path = await guard(download(ports, name, message))
    if (path === undefined || digestOf(readFileSync(path)) === wanted) return
    violations.push(`I4: ${name} has another file than was sent`)
  }
  const post = async (from: Name): Promise<Posted> => {
    const number = posted.filter((one) => one.from === from).length + 1
    const file = chance.below(100) < FILES ? chance.bytes(chance.below(MAX_FILE_BYTES)) : undefined
    const said = `${file === undefined ? 'message' : 'file'} ${number} of ${from}`
    const one: Posted = {
      from,
      kind: file === undefined ? 'text' : 'file',
      said,
      digest: file === undefined ? undefined : digestOf(file),
      id: undefined,
      stored: false,
      body: said,
      reaction: undefined,
      deleted: false,
    }
    posted.push(one)
    const sent = await guard(send(ports, one, file))
    one.id = sent?.id
    one.stored = sent !== undefined && sent.status !== 'queued'
    if (sent?.status === 'queued') violations.push(`I7: ${said} was not stored in time`)
    return one
  }
  const act = (from: Name): Promise<unknown> => {
    const dice = chance.below(100)
    if (dice < EDITS + REACTIONS + DELETIONS) {
      const change = dice < EDITS ? edit : dice < EDITS + REACTIONS ? react : erase
      const changed = change(ports, posted, from)
      if (changed !== undefined) return guard(changed)
    }
    return post(from)
  }
  const arrived = async (): Promise<void> => {
    for (const name of NAMES) {
      const { messages } = friends[peerOf(name)].reader
      const there = (): boolean =>
        posted.every(({ from, id }) => from !== name || id === undefined || messages.has(id))
      await friends[peerOf(name)].reader.when(there)
    }
    await Promise.all(downloads)
  }
  return { posted, violations, post, act, arrived }
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function send(
  { friends, folder, storedMs }: Ports,
  { from, said }: Posted,
  file: Uint8Array | undefined,
): Promise<MessageJson | undefined> {
  const path = join(folder, `${said}.bin`)
  if (file !== undefined) writeFileSync(path, file)
  const { results } = await friends[from].account.call('send', {
    to: [peerOf(from)],
    text: said,
    ...(file === undefined ? {} : { files: [path] }),
    idempotencyKey: said,
    wait: 'stored',
    timeout: storedMs,
  })
  const [result] = results
  if (result?.error !== undefined) throw new Error(`${said}: ${result.error.code}`)
  return result?.message
}

async function download({ friends, folder }: Ports, name: Name, message: MessageJson) {
  const output = join(folder, `files of ${name}`)
  mkdirSync(output, { recursive: true })
  for (let tries = 1; ; tries += 1) {
    try {
      return (await friends[name].account.call('download', { id: message.id, output })).path
    } catch (error) {
      if (tries === DOWNLOAD_TRIES || !String(error).includes('network')) throw error
    }
  }
}

type Change = (ports: Ports, posted: readonly Posted[], from: Name) => Promise<unknown> | undefined

/** Nothing else is done to a message that was reacted to or deleted, so that what both must say in
 *  the end does not hang on which came first. */
const untouched = ({ id, reaction, deleted }: Posted): boolean =>
  id !== undefined && reaction === undefined && !deleted

const edit: Change = ({ friends, chance }, posted, from) => {
  const one = chance.pick(
    posted.filter((it) => it.from === from && it.kind === 'text' && untouched(it)),
  )
  if (one?.id === undefined || one.body !== one.said) return undefined
  one.body = `${one.said}, edited`
  return friends[from].account.call('msg.edit', { id: one.id, text: one.body })
}

const react: Change = ({ friends, chance }, posted, from) => {
  const { messages } = friends[from].reader
  const theirs = posted.filter((it) => it.from !== from && it.body === it.said && untouched(it))
  const one = chance.pick(theirs.filter(({ id }) => id !== undefined && messages.has(id)))
  if (one?.id === undefined) return undefined
  one.reaction = chance.pick(EMOJI) ?? ''
  return friends[from].account.call('msg.react', { id: one.id, emoji: one.reaction })
}

const erase: Change = ({ friends, chance }, posted, from) => {
  const mine = posted.filter((it) => it.from === from && it.kind === 'text' && untouched(it))
  const one = chance.pick(mine.filter(({ body, said }) => body === said))
  if (one?.id === undefined) return undefined
  one.deleted = true
  return friends[from].account.call('msg.delete', { id: one.id, forEveryone: true })
}
