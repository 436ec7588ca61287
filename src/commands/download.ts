import { resolve } from 'node:path'
import type { EventJson } from '../client/api.ts'
import { bytesOf } from '../client/shown.ts'
import { safe, safeText } from '../protocol/safe-text.ts'
import type { Context } from './context.ts'
import type { Input } from './input.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { out, world } = context
  const id = input.word(0)
  const client = await context.client()
  const unsubscribe = client.subscribe((event) => {
    if (event.type === 'progress') out.event(event, progressOf(event as EventJson))
  })
  try {
    const output = resolve(world.cwd, input.text('output') ?? '.')
    const { path } = await context.call('download', { id, output })
    out.result({ v: 1, type: 'download', id, path }, safeText(path))
  } finally {
    unsubscribe()
  }
}

const progressOf = ({ done, total }: EventJson) =>
  typeof done === 'number' && typeof total === 'number'
    ? safe`${bytesOf(done)} of ${bytesOf(total)}`
    : safe`…`
