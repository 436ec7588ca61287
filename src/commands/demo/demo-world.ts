// The throw-away house of the demo: a folder, a server in it, two profiles in it. The folder goes
// when the demo ends, however it ends.

import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../../client/api.ts'
import type { ProfileOptions } from '../../client/client.ts'
import { makePrivateFolder } from '../../client/paths.ts'
import type { Context } from '../context.ts'

export interface DemoWorld {
  readonly you: Client
  readonly echo: Client
  readonly url: string
  /** Everything that the server keeps. */
  readonly serverData: string
  /** For files of the demo's own. */
  readonly folder: string
  /** Where echo keeps what it was sent. */
  readonly echoFolder: string
  close(): Promise<void>
}

export async function openDemoWorld(context: Context): Promise<DemoWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-demo-'))
  chmodSync(folder, 0o700)
  const wipe = (): void => rmSync(folder, { recursive: true, force: true })
  // The second Ctrl+C ends the process without asking anybody: this still runs.
  process.once('exit', wipe)
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.reverse()) await closer().catch(() => {})
    wipe()
    process.off('exit', wipe)
  }
  try {
    const serverData = join(folder, 'server')
    const echoFolder = join(folder, 'echo')
    makePrivateFolder(echoFolder)
    const { runServer } = await import('../../../server/main.ts')
    const server = await runServer({
      listen: '127.0.0.1:0',
      adminListen: '127.0.0.1:0',
      data: serverData,
      registration: 'open',
      logLevel: 'silent',
    })
    closers.push(() => server.close())
    const open = async (name: string): Promise<Client> => {
      const client = await openAccount(context, folder, server.url, name)
      closers.push(() => client.close())
      return client
    }
    const [you, echo] = await Promise.all([open('you'), open('echo')])
    return { you, echo, url: server.url, serverData, folder, echoFolder, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openAccount(
  { world }: Context,
  folder: string,
  server: string,
  name: string,
): Promise<Client> {
  // Never in arguments or the environment, and gone with this process.
  const passphrase = randomBytes(32).toString('base64url')
  const options: ProfileOptions = {
    home: join(folder, 'profiles'),
    profile: name,
    keychain: 'file',
    passphrase: { ask: async () => passphrase },
    serve: true,
  }
  await world.registerProfile({ ...options, name, server, deviceName: 'demo' })
  return world.openClient(options)
}
