// At least once: what was printed (and, with --exec, dealt with) is acknowledged after that, and
// what was not comes again. With --since nothing is acknowledged: whoever names a place keeps it.

import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Received, ReceiveParams } from '../client/api.ts'
import { parseTime } from '../client/moment.ts'
import type { Context } from './context.ts'
import { eventLine } from './event-line.ts'
import type { Input } from './input.ts'
import { isMessage, messageLine } from './render.ts'

/** One wait of `--follow`. It ends by itself, so that a holder that hangs is noticed. */
const FOLLOW_WAIT_MS = 25_000

export async function run(context: Context, input: Input): Promise<undefined> {
  const { out, signal, globals } = context
  const params = paramsOf(context, input)
  const acknowledge =
    params.since === undefined && input.choice('ack', ['auto', 'manual']) !== 'manual'
  const deal = await dealer(context, input)
  const follow = input.flag('follow')
  const limit = input.count('limit')
  const client = await context.client({ patient: true, serve: follow })

  const reader = readerOf(params)
  let since = params.since
  let dealt: string | undefined
  let left = limit ?? Number.POSITIVE_INFINITY
  let wait = follow ? FOLLOW_WAIT_MS : globals.timeout
  while (!signal.aborted && left > 0) {
    const received: Received = await client.call(
      'receive',
      {
        ...params,
        ...(since === undefined ? {} : { since }),
        ...(left === Number.POSITIVE_INFINITY ? {} : { limit: left }),
        ...(wait === undefined ? {} : { timeout: wait }),
      },
      signal,
    )
    for (const event of received.events) {
      await deal(event)
      await out.flush()
      if (out.gone.aborted) return
    }
    left -= received.events.length
    // What the filter passed over is behind this reader too, and behind no other.
    if (acknowledge && received.cursor !== dealt) {
      dealt = received.cursor
      await client.call('ack', { ...reader, cursor: dealt }, signal)
    }
    if (received.events.length > 0 || since !== undefined) since = received.cursor
    if (!follow && !received.more) return
    // Once something came, only what is there already is of interest.
    wait = follow ? FOLLOW_WAIT_MS : undefined
  }
}

function paramsOf({ world }: Context, input: Input): ReceiveParams {
  const chats = [...input.list('in'), ...input.words]
  const types = input.text('types')
  const since = input.text('since')
  const consumer = input.text('consumer')
  const folder = input.text('download')
  const download = folder === undefined ? undefined : resolve(world.cwd, folder)
  if (download !== undefined) mkdirSync(download, { recursive: true, mode: 0o700 })
  return {
    // The façade must not run ahead of what was printed: this command acknowledges.
    ack: 'manual',
    ...(chats.length === 0 ? {} : { in: chats }),
    ...(types === undefined ? {} : { types: types.split(',') }),
    ...(since === undefined ? {} : { since: parseTime(since, world.now(), 'back') ?? since }),
    ...(consumer === undefined ? {} : { consumer }),
    ...(download === undefined ? {} : { download }),
  }
}

/** Whose place it is that moves: a name, or the filter itself. */
const readerOf = ({
  consumer,
  in: chats,
  types,
}: ReceiveParams): Pick<ReceiveParams, 'consumer' | 'in' | 'types'> => ({
  ...(consumer === undefined ? {} : { consumer }),
  ...(chats === undefined ? {} : { in: chats }),
  ...(types === undefined ? {} : { types }),
})

type Event = Received['events'][number]

async function dealer(context: Context, input: Input): Promise<(event: Event) => Promise<void>> {
  const { out } = context
  const print = (event: Event): void =>
    out.result(
      event,
      isMessage(event) ? messageLine(event, out.style) : eventLine(event, out.style),
    )
  const command = input.text('exec')
  if (command === undefined) return async (event) => print(event)
  const { execFor } = await import('./exec.ts')
  return async (event) => {
    print(event)
    await execFor(command, event, context)
  }
}
