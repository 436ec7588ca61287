// A real server in this process: real SQLite in a folder of its own, real sockets on loopback.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adminCall } from '../../server/admin-client.ts'
import { type RunningServer, runServer, type ServerOptions } from '../../server/main.ts'

export interface TestServer extends RunningServer {
  readonly data: string
  /** A new code for one account. */
  invite(): Promise<string>
  /** Stops and starts it over the same folder; its port is another one. */
  restart(overrides?: ServerOptions): Promise<TestServer>
}

/** Rates so wide that only tests of rates meet them. */
const WIDE = {
  addressPerMinute: 1_000_000,
  registrationsPerHour: 1_000_000,
  accountPerMinute: 1_000_000,
  lookupsPerHour: 1_000_000,
  claimsPerHour: 1_000_000,
  claimedPerHour: 1_000_000,
}

export async function startServer(overrides: ServerOptions = {}): Promise<TestServer> {
  const fresh = overrides.data === undefined
  const data = overrides.data ?? mkdtempSync(join(tmpdir(), 'sotto-server-'))
  const running = await runServer({
    listen: '127.0.0.1:0',
    // Its own free port too, also after a restart on a port that is given.
    adminListen: '127.0.0.1:0',
    logLevel: 'silent',
    ...overrides,
    data,
    overrides: {
      ...overrides.overrides,
      limits: { ...WIDE, ...overrides.overrides?.limits },
    },
  })
  return {
    ...running,
    data,
    async invite() {
      return (await adminCall(data, 'invite.create', {})).code
    },
    async restart(others = {}) {
      await running.close()
      return startServer({ ...overrides, ...others, data })
    },
    async close() {
      await running.close()
      if (fresh) rmSync(data, { recursive: true, force: true })
    },
  }
}
