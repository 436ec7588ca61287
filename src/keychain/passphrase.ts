// Where a passphrase comes from when a file keychain needs one. The first source that is given
// counts: flags, then the environment, then the config, then a person. A source that is given but
// fails is an error; the next one is not tried.

import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { KeychainError } from './port.ts'

/** Longer than anybody types, short enough to refuse a file that was named by mistake. */
const MAX_PASSPHRASE_BYTES = 4096
/** A command may ask a person, through pinentry for instance. */
const COMMAND_PATIENCE_MS = 120_000

const CREDENTIAL = 'sotto-passphrase'

const WAYS_OUT =
  'give it by --passphrase-fd, --passphrase-file, a systemd credential named sotto-passphrase, ' +
  'SOTTO_PASSPHRASE, or passphrase_command in the config, or run on a terminal'

export interface PassphraseSources {
  /** `--passphrase-fd` */
  readonly fd?: number
  /** `--passphrase-file` */
  readonly file?: string
  /** The value of `CREDENTIALS_DIRECTORY`; the file in it is `sotto-passphrase`. */
  readonly credentials?: string
  /** The value of `SOTTO_PASSPHRASE`. */
  readonly environment?: string
  /** Program and arguments. A text is split at spaces; no shell ever reads it. */
  readonly command?: string | readonly string[]
  /** On a terminal. `fresh`: a new passphrase is chosen, so that it is asked for twice. */
  readonly ask?: (fresh: boolean) => Promise<string>
}

export async function readPassphrase(sources: PassphraseSources, fresh: boolean): Promise<string> {
  const { fd, file, credentials, environment, command, ask } = sources
  if (fd !== undefined) return fromBytes(await readDescriptor(fd), '--passphrase-fd')
  if (file !== undefined) return fromBytes(await readFile(file), '--passphrase-file')
  // Every service of systemd's has the folder; only the file in it means us.
  const credential = credentials && (await readCredential(join(credentials, CREDENTIAL)))
  if (credential) return fromBytes(credential, 'the systemd credential')
  if (environment !== undefined) return fromText(environment, 'SOTTO_PASSPHRASE')
  if (command !== undefined) return fromBytes(await run(command), 'passphrase_command')
  if (ask !== undefined) return fromText(await ask(fresh), 'the prompt')
  throw needed('there is nobody to ask')
}

const needed = (detail: string): KeychainError =>
  new KeychainError('passphrase_needed', `${detail}; ${WAYS_OUT}`)

function fromBytes(bytes: Uint8Array, source: string): string {
  try {
    return fromText(new TextDecoder('utf-8', { fatal: true }).decode(bytes), source)
  } catch (error) {
    if (error instanceof KeychainError) throw error
    throw needed(`${source} gave something that is not UTF-8 text`)
  } finally {
    bytes.fill(0)
  }
}

/** Composed: the same passphrase typed on two systems can differ in how accents are put together. */
function fromText(text: string, source: string): string {
  const passphrase = text.replace(/\r?\n$/, '').normalize('NFC')
  if (passphrase === '') throw needed(`${source} gave an empty passphrase`)
  return passphrase
}

/** The file must be its owner's alone; systemd guards its credentials itself, with access lists
 *  that look like group rights. */
async function readFile(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw needed(`the passphrase file cannot be read (${codeOf(error)})`)
  })
  const { mode } = await file.stat()
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    await file.close()
    throw needed('the passphrase file is open to others (chmod 600 it)')
  }
  return drain(file.createReadStream(), '--passphrase-file')
}

async function readCredential(path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, 'r')
    return await drain(file.createReadStream(), 'the systemd credential')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (error instanceof KeychainError) throw error
    throw needed(`the systemd credential cannot be read (${codeOf(error)})`)
  }
}

async function readDescriptor(fd: number): Promise<Uint8Array> {
  return drain(createReadStream('', { fd, autoClose: false }), '--passphrase-fd')
}

/** The command may talk to the person at the terminal, but only its stdout is the passphrase. */
async function run(command: string | readonly string[]): Promise<Uint8Array> {
  const [program, ...args] = typeof command === 'string' ? command.trim().split(/\s+/) : command
  if (program === undefined || program === '') throw needed('passphrase_command is empty')
  const child = spawn(program, args, {
    stdio: ['inherit', 'pipe', 'inherit'],
    timeout: COMMAND_PATIENCE_MS,
  })
  const ended = new Promise<void>((done, fail) => {
    child.once('error', (error) => fail(needed(`passphrase_command failed (${codeOf(error)})`)))
    child.once('close', (code, signal) => {
      if (code === 0) done()
      else fail(needed(`passphrase_command failed (${signal ?? `status ${code}`})`))
    })
  })
  const [bytes] = await Promise.all([drain(child.stdout, 'passphrase_command'), ended])
  return bytes
}

/** To the end, and no further than a passphrase can be. */
async function drain(stream: Readable, source: string): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > MAX_PASSPHRASE_BYTES) throw needed(`${source} gave far too much`)
    }
    return new Uint8Array(Buffer.concat(chunks))
  } catch (error) {
    if (error instanceof KeychainError) throw error
    throw needed(`${source} cannot be read (${codeOf(error)})`)
  } finally {
    for (const chunk of chunks) chunk.fill(0)
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
