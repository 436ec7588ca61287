// Somebody who sends as fast as is asked, in a process of its own: what it costs delays no key.
// argv: the options of its profile as JSON, to whom, how many, how many a second. Says `ready`, begins
// at the first line, and says how many a second it was.

import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { openClient, type ProfileOptions } from '../../src/client/client.ts'

const SLICE_MS = 20

const [options = '', to = '', count = '', perSecond = ''] = process.argv.slice(2)
const client = await openClient(JSON.parse(options) as ProfileOptions)
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const begun = performance.now()
const sent: Promise<unknown>[] = []
while (sent.length < Number(count)) {
  const due = Math.floor(((performance.now() - begun) / 1_000) * Number(perSecond))
  while (sent.length < Math.min(Number(count), due)) {
    const text = `burst ${sent.length}`
    const idempotencyKey = `${begun} ${text}`
    sent.push(client.call('send', { to: [to], text, wait: 'queued', idempotencyKey }))
  }
  await pause(SLICE_MS)
}
await Promise.all(sent)
process.stdout.write(`${(Number(count) / (performance.now() - begun)) * 1_000}\n`)
await client.close()
process.exit()
