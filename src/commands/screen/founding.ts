// What the first run does to the world: looks for a keychain and a server, starts one, registers.

import { spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { createInterface } from 'node:readline'
import { ClientError } from '../../client/api.ts'
import type { Founding } from '../../tui/host.ts'
import type { Context } from '../context.ts'

/** A server makes its keys and its database before it says where it listens. */
const PATIENCE_MS = 20_000

export const foundingOf = (context: Context): Founding => ({
  async keychain() {
    const { proveOsKeychain } = await import('../../client/first-run.ts')
    try {
      await proveOsKeychain()
      return { kind: 'works' }
    } catch (error) {
      return { kind: 'missing', why: error instanceof Error ? error.message : '' }
    }
  },
  async findServer(address) {
    const { findServer } = await import('../../client/first-run.ts')
    return findServer(address)
  },
  startServer: () => startServer(context),
  register: ({ invite, keychain, name, passphrase, server }) =>
    context.register({
      name,
      server,
      keychain,
      deviceName: hostname(),
      ...(invite === undefined ? {} : { invite }),
      ...(passphrase === undefined ? {} : { passphrase }),
    }),
})

/** In a process of its own that outlives the screen; `sotto server run` starts it again later. */
async function startServer({
  world,
}: Context): Promise<{ readonly url: string; readonly invite: string | undefined }> {
  const [program = process.execPath, ...args] = world.self
  const { SOTTO_PASSPHRASE: _secret, ...env } = world.env
  const child = spawn(program, [...args, 'server', 'run', '--json'], {
    cwd: '/',
    env: env as NodeJS.ProcessEnv,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })
  try {
    return await new Promise((done, fail) => {
      const failed = (): void => fail(notStarted())
      const timer = setTimeout(failed, PATIENCE_MS)
      child.once('error', failed)
      child.once('exit', failed)
      lines.on('line', (line) => {
        const said = JSON.parse(line) as { readonly url?: string; readonly invite?: string | null }
        if (said.url === undefined) return
        clearTimeout(timer)
        done({ url: said.url, invite: said.invite ?? undefined })
      })
    })
  } finally {
    lines.close()
    child.stdout.destroy()
    child.removeAllListeners()
    child.unref()
  }
}

const notStarted = (): ClientError =>
  new ClientError('server', 'The server did not start.', {
    hint: 'sotto server run says why; perhaps one runs already: join http://127.0.0.1:7700',
  })
