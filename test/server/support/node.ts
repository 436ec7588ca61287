// A node of the server on a loopback port, over a real database in a folder of its own.

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus } from '../../../server/bus/port.ts'
import { type Core, type CoreLimits, createCore } from '../../../server/core.ts'
import { createMetrics, type Metrics } from '../../../server/metrics.ts'
import type { Storage } from '../../../server/storage/port.ts'
import { openSqlite, type SqliteOptions } from '../../../server/storage/sqlite/adapter.ts'
import { systemEnv } from '../../../server/system-env.ts'
import type { Env } from '../../../src/protocol/env.ts'
import { addPerson, type Person } from './people.ts'
import { StreamClient } from './stream-client.ts'

export const SERVER_KEY = new Uint8Array(32).fill(5)

const ignore = (): void => undefined

/** A clock that stands until it is moved. */
export class StandingClock implements Env {
  #now = 1_800_000_000_000
  now = (): number => this.#now
  random = systemEnv.random
  advance(ms: number): void {
    this.#now += ms
  }
}

export interface NodeOptions {
  readonly env?: Env
  readonly limits?: Partial<CoreLimits>
  readonly storage?: Storage
  readonly sqlite?: Partial<SqliteOptions>
  readonly bus?: Bus
  readonly origins?: readonly string[]
  readonly serverKey?: Uint8Array
}

export interface TestNode {
  readonly url: string
  readonly core: Core
  readonly storage: Storage
  readonly metrics: Metrics
  readonly http: Server
  /** What the node logged as errors: its own faults, which no peer may cause. */
  readonly errors: readonly object[]
  person(): Promise<Person>
  client(headers?: Record<string, string>): StreamClient
  /** A person with an open connection. */
  online(person?: Person): Promise<Online>
  close(): Promise<void>
}

export interface Online extends Person {
  readonly client: StreamClient
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'sotto-server-'))

let people = 0

export async function startNode(options: NodeOptions = {}): Promise<TestNode> {
  const env = options.env ?? systemEnv
  const folder = temporaryFolder()
  const storage =
    options.storage ??
    (await openSqlite({ path: join(folder, 'server.db'), now: env.now, ...options.sqlite }))
  const metrics = createMetrics()
  const errors: object[] = []
  const error = (fields: object): void => {
    errors.push(fields)
  }
  const core = createCore({
    storage,
    env,
    serverKey: options.serverKey ?? SERVER_KEY,
    logger: { debug: ignore, info: ignore, warn: ignore, error },
    metrics,
    limits: options.limits ?? {},
    ...(options.bus === undefined ? {} : { bus: options.bus }),
    origins: options.origins ?? [],
  })
  const http = createServer()
  core.attach(http)
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve)
  })
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
  const person = (): Promise<Person> => {
    people += 1
    return addPerson(storage, people)
  }
  const client = (headers?: Record<string, string>) => new StreamClient(url, headers)
  return {
    url,
    core,
    storage,
    metrics,
    http,
    errors,
    person,
    client,
    async online(known) {
      const who = known ?? (await person())
      const stream = client()
      await stream.open(who)
      return { ...who, client: stream }
    },
    async close() {
      await core.drain()
      http.close()
      if (options.storage === undefined) await storage.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
