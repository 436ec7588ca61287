// Kills server, sender and receiver with SIGKILL while messages flow, and then asks history:
// nothing lost (I1), nothing twice (I2), nothing out of order (I3), nothing that was not sent (I4),
// nothing undecryptable (I6), and everybody back within the bound (I7).

import { makeWorld, type Rpc, type World } from './world.ts'

/** Sends under way at once, so that a kill finds some in every stage. */
const WINDOW = 8

export interface ChaosOptions {
  readonly kills: number
  readonly seed: number
  /** I7: from a kill until everything under way is stored again, starting included. */
  readonly recoveryBoundMs: number
  readonly report?: (line: string) => void
}

export interface ChaosResult {
  readonly kills: Readonly<Record<string, number>>
  readonly messages: number
  readonly worstRecoveryMs: number
  /** Empty if every invariant held. */
  readonly violations: readonly string[]
}

function mulberry(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

async function introduce(world: World): Promise<void> {
  for (const name of ['alice', 'bob']) {
    await world.run(name, ['register', name, '--server', world.url])
  }
  await world.run('alice', ['contact', 'add', 'bob'])
  await world.run('bob', ['receive'])
  await world.run('bob', ['contact', 'accept', 'alice'])
  await world.run('alice', ['receive'])
}

export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const world = await makeWorld()
  try {
    await introduce(world)
    return await storm(world, options)
  } finally {
    await world.close()
  }
}

async function storm(world: World, options: ChaosOptions): Promise<ChaosResult> {
  const random = mulberry(options.seed)
  const sender = world.rpc('alice')
  const receiver = world.rpc('bob')
  const victims = { server: world.server, sender, receiver }
  const kills: Record<string, number> = { server: 0, sender: 0, receiver: 0 }
  let worstRecoveryMs = 0
  let sent = 0
  let left = options.kills
  const received = keepReceiving(receiver)

  while (left > 0) {
    // A kill falls at a random place among the steps of a random number of messages.
    const batch = 1 + Math.floor(random() * WINDOW)
    const names = Object.keys(victims) as (keyof typeof victims)[]
    const name = names[Math.floor(random() * names.length)] ?? 'server'
    const strikeAt = Math.floor(random() * (batch + 1))
    const calls: Promise<unknown>[] = []
    let struck: Promise<void> | undefined
    let answered = 0
    const strike = (): void => {
      struck ??= victims[name].kill()
    }
    if (strikeAt === 0) strike()
    for (let index = 0; index < batch; index += 1) {
      sent += 1
      const call = send(sender, sent)
      calls.push(call)
      call.then(() => {
        answered += 1
        if (answered >= strikeAt) strike()
      }, strike)
    }
    const start = performance.now()
    await Promise.all(calls)
    await struck
    worstRecoveryMs = Math.max(worstRecoveryMs, performance.now() - start)
    kills[name] = (kills[name] ?? 0) + 1
    left -= 1
    if (left % 25 === 0) options.report?.(`${options.kills - left} kills, ${sent} messages`)
  }

  const last = received.until(`message ${sent}`)
  await last
  const errors = received.errors()
  await sender.stop()
  await receiver.stop()
  const violations = [...(await judge(world, sent)), ...errors]
  if (worstRecoveryMs > options.recoveryBoundMs) {
    violations.push(`I7: ${worstRecoveryMs.toFixed(0)} ms until everything was stored again`)
  }
  return { kills, messages: sent, worstRecoveryMs, violations }
}

const send = (sender: Rpc, number: number): Promise<unknown> =>
  sender.call('send', {
    to: ['bob'],
    text: `message ${number}`,
    idempotencyKey: `chaos-${number}`,
    wait: 'stored',
    timeout: 60_000,
  })

interface Receiving {
  until(body: string): Promise<void>
  errors(): readonly string[]
}

/** Takes what comes by cursor, as a script would; its own cursor makes it exactly-once. */
function keepReceiving(receiver: Rpc): Receiving {
  const seen = new Set<string>()
  const errors: string[] = []
  let wanted: { readonly body: string; readonly done: () => void } | undefined
  let stopped = false
  const loop = async (): Promise<void> => {
    let since: string | undefined
    while (!stopped) {
      const batch = await receiver.call('receive', { timeout: 10_000, ...(since ? { since } : {}) })
      since = String(batch.cursor)
      for (const event of batch.events as { type: string; body?: string; code?: string }[]) {
        if (event.type === 'message' && event.body) seen.add(event.body)
        if (event.type === 'error') errors.push(`I6: error event ${event.code}`)
        if (event.type === 'gap') errors.push('I1: gap event')
      }
      if (wanted && seen.has(wanted.body)) {
        stopped = true
        wanted.done()
      }
    }
  }
  const running = loop()
  return {
    until: (body) =>
      Promise.race([
        new Promise<void>((done) => {
          wanted = { body, done }
          if (seen.has(body)) {
            stopped = true
            done()
          }
        }),
        running,
      ]),
    errors: () => errors,
  }
}

/** What both histories say, against what was sent. */
async function judge(world: World, sent: number): Promise<readonly string[]> {
  const violations: string[] = []
  const expected = Array.from({ length: sent }, (_, index) => `message ${index + 1}`)
  for (const [account, peer] of [
    ['alice', 'bob'],
    ['bob', 'alice'],
  ] as const) {
    const limit = String(sent + 100)
    const lines = (await world.run(account, ['history', peer, '--limit', limit, '--json']))
      .split('\n')
      .filter((line) => line !== '')
    const bodies = lines
      .map((line) => JSON.parse(line) as { body: string; kind: string })
      .filter(({ kind, body }) => kind === 'text' && body.startsWith('message '))
      .map(({ body }) => body)
    const unique = new Set(bodies)
    for (const body of expected)
      if (!unique.has(body)) violations.push(`I1: ${account} lacks ${body}`)
    if (unique.size !== bodies.length) violations.push(`I2: ${account} has a message twice`)
    if (bodies.some((body, index) => body !== expected[index])) {
      violations.push(`I3: ${account} has them in another order`)
    }
    for (const body of unique)
      if (!expected.includes(body)) violations.push(`I4: ${account}: phantom`)
  }
  return violations
}
