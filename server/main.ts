// A server from its options to its last closed socket: puts the parts together and takes them
// apart again in the other order. Nothing here prints; what is to be shown is returned.

import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Env } from '../src/protocol/env.ts'
import { listenAdmin, listenHealth, listening } from './admin-listener.ts'
import { Auth } from './auth.ts'
import { removeOrphans, sweepBlobs } from './blob-sweeper.ts'
import { DiskBlobs } from './blobs/disk.ts'
import { loadConfig, type ServerConfig } from './config.ts'
import { type Core, createCore } from './core.ts'
import { BLOBS_FOLDER, DATABASE_FILE } from './data-folder.ts'
import { Directory, type DirectoryEvent } from './directory.ts'
import { restoreOf } from './file-identity.ts'
import { lockFolder } from './folder-lock.ts'
import type { Services } from './http/call.ts'
import { addressReader } from './http/client-address.ts'
import { capConnections } from './http/connection-caps.ts'
import { httpListener } from './http/listener.ts'
import { Rates } from './http/rates.ts'
import { newInviteCode } from './invite-codes.ts'
import type { Logger } from './logger.ts'
import { createLogger } from './logging.ts'
import { createMetrics } from './metrics.ts'
import type { RunningServer, ServerOptions } from './options.ts'
import { makePrivateFolder } from './private-files.ts'
import { Registrar } from './registration.ts'
import { loadServerKeys } from './server-keys.ts'
import { openStorage, startFailure } from './storage-file.ts'
import { systemEnv } from './system-env.ts'
import { type Transport, transportFor } from './tls.ts'
import { Turnstile } from './turnstile.ts'

export type { RunningServer, ServerErrorCode, ServerOptions } from './options.ts'
export { ServerError } from './options.ts'

const DAY_MS = 24 * 3_600_000
const SWEEP_EVERY_MS = 10 * 60_000
/** Between the first line and the last header: nobody honest needs as long (N2). */
const HEADERS_TIMEOUT_MS = 10_000
/** How often that is looked at; the runtime's own half a minute would make it forty seconds. */
const CHECK_HEADERS_MS = 2_000
/** Nothing comes and nothing goes: an idle keep-alive, a reader who does not read. */
const IDLE_TIMEOUT_MS = 60_000
const MAX_HEADERS = 64
const MAX_HEADER_BYTES = 16 * 1024
/** Answers under way get this long at a shutdown. */
const DRAIN_MS = 5_000

export async function runServer(options: ServerOptions): Promise<RunningServer> {
  const config = loadConfig(options)
  const env = options.overrides?.env ?? systemEnv
  const undo: (() => unknown)[] = []
  const close = once(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })
  try {
    const started = await start({ config, env, options, undo })
    return { ...started, close }
  } catch (error) {
    await close()
    throw startFailure(error)
  }
}

interface Start {
  readonly config: ServerConfig
  readonly env: Env
  readonly options: ServerOptions
  /** What is to be done at the end, last first. */
  readonly undo: (() => unknown)[]
}

async function start({ config, env, options, undo }: Start): Promise<Omit<RunningServer, 'close'>> {
  const log = createLogger(config.logLevel, options.overrides?.log)
  makePrivateFolder(config.data)
  undo.push(lockFolder(config.data))
  const keys = loadServerKeys(config.data)
  const storage = await openStorage(config.data, env.now)
  undo.push(() => storage.close())
  if (await storage.directory.noteFile(restoreOf(join(config.data, DATABASE_FILE), env))) {
    log.error({}, 'the database is a copy of what it was: taken for a restored backup')
  }
  const blobs = new DiskBlobs(join(config.data, BLOBS_FOLDER))
  await removeOrphans(storage.directory, blobs)
  const sweep = async (): Promise<void> => {
    await sweepBlobs(storage.directory, blobs)
    await storage.directory.sweepSpentPrekeys()
  }
  undo.push(sweepRegularly(sweep, log))

  const directory = new Directory(storage.directory, env)
  const metrics = createMetrics()
  const addresses = addressReader(config.trustProxy)
  const turnstile = new Turnstile()
  const core = createCore({
    storage,
    serverKey: keys.identity,
    env,
    logger: log,
    metrics,
    directory,
    origins: config.allowedOrigins,
    addressOf: addresses.of,
    turnstile,
    limits: { retentionMs: config.limits.retentionMs },
    loggedIn: (device) => {
      directory.seen(device).catch((error: unknown) => log.error({ error }, 'a day was not noted'))
    },
  })
  undo.push(directory.onEvent((event) => forward(core, event)))

  const services: Services = {
    env,
    identity: keys.identity,
    limits: config.limits,
    auth: new Auth(keys, directory, env),
    directory,
    registrar: new Registrar({
      policy: config.registration,
      storage: storage.directory,
      server: keys.identity,
      env,
    }),
    blobs,
    rates: new Rates(config.limits, env),
    log,
  }
  const requests = metrics.counter('sotto_http_requests_total', 'HTTP requests answered')
  const answer = httpListener({
    services,
    addressOf: addresses.of,
    version: packageVersion(),
    turnstile,
  })
  const transport = transportFor({ ...config, host: config.listen.host, folder: config.data, env })
  const server = webServer(transport)
  server.on('request', (request, response) => {
    requests.add()
    answer(request, response)
  })
  capConnections(server, addresses.ofSocket)
  core.attach(server)
  await listening(server, config.listen)
  let ready = true
  undo.push(async () => {
    ready = false
    const stopped = stopAccepting(server)
    await core.drain()
    await stopped
  })

  const health = await listenHealth(config.adminListen, {
    ready: () => ready,
    metrics: metrics.text,
  })
  undo.push(health.close)
  undo.push((await listenAdmin(config.data, { directory, blobs, env })).close)
  const firstInvite = await makeFirstInvite(directory, env)
  const url = publicUrl(config, transport, server)
  log.info({ url, adminUrl: health.url, registration: config.registration.name }, 'listening')
  return {
    url,
    adminUrl: health.url,
    lost: storage.lost,
    ...(transport.kind === 'pinned' && { fingerprint: transport.fingerprint }),
    ...(firstInvite !== undefined && { firstInvite }),
  }
}

function forward(core: Core, event: DirectoryEvent): void {
  switch (event.kind) {
    case 'devicesGone':
      for (const device of event.devices) core.disconnect(device, 'device_removed')
      return
    case 'devicesChanged':
      core.notifyDevicesChanged(event.account)
      return
    case 'prekeysLow':
      core.notifyPrekeys(event.device, event.left)
      return
    default:
      event satisfies never
  }
}

function webServer(transport: Transport): Server {
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_HEADERS_MS,
    // An upload may take hours: bodies have limits of their own (http/body.ts), silence below.
    requestTimeout: 0,
  }
  const server: Server =
    transport.kind === 'plain'
      ? createServer(limits)
      : (createTlsServer({ ...transport.tls, ...limits }) as Server)
  server.maxHeadersCount = MAX_HEADERS
  server.timeout = IDLE_TIMEOUT_MS
  return server
}

/** Resolves when the last answer is out, or its time is. */
async function stopAccepting(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await new Promise((done) => {
    server.close(done)
    server.closeIdleConnections()
  })
  clearTimeout(late)
}

function sweepRegularly(sweep: () => Promise<unknown>, log: Logger): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  const run = (): void => {
    running = sweep().catch((error: unknown) =>
      log.error({ error }, 'what is past its time was not swept'),
    )
  }
  const timer = setInterval(run, SWEEP_EVERY_MS)
  timer.unref()
  run()
  return async () => {
    clearInterval(timer)
    await running
  }
}

async function makeFirstInvite(directory: Directory, env: Env): Promise<string | undefined> {
  const { code, id, hash } = newInviteCode(env)
  // It is made anew at each start, so it need not live longer than a server that nobody joins.
  const expiresAt = env.now() + 365 * DAY_MS
  const invite = { id, hash, uses: 1, expiresAt, operator: true }
  return (await directory.storage.replaceFirstInvite(invite)) ? code : undefined
}

function publicUrl(config: ServerConfig, transport: Transport, server: Server): string {
  if (config.publicUrl !== undefined) return config.publicUrl
  const { port } = server.address() as AddressInfo
  const host = reachable(config.listen.host)
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  if (transport.kind === 'plain') return `http://${authority}`
  const pin = transport.kind === 'pinned' ? `#${transport.fingerprint}` : ''
  return `https://${authority}${pin}`
}

/** Nobody can dial "all addresses": the first that others see, else loopback. */
function reachable(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
  return others[0]?.address ?? '127.0.0.1'
}

/** From the package that we came in; a copied single file has none beside it. */
function packageVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(place, import.meta.url), 'utf8')
      const { name, version } = JSON.parse(text) as { name?: string; version?: string }
      if (name === 'sotto' && version !== undefined) return version
    } catch {
      // Not there: look further up.
    }
  }
  return 'unknown'
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= act()
    return done
  }
}
