// One contender in a process of its own: its garbage and its compiled code are nobody else's.
// Prints one line of JSON. Started by bench/ratchet.ts.

import type { Contender, Round } from './contender.ts'
import { libsignalContender } from './libsignal.ts'
import type { LibSignal } from './libsignal-api.ts'
import { ownContender } from './own.ts'
import { peerPackage } from './peer-package.ts'

const PLAINTEXT = new Uint8Array(256).fill(7)
const WARM_UP_MS = 700
const MEASURED_MS = 1_500
const BATCH = 100

async function measure(contender: Contender, way: 'oneWay' | 'pingPong'): Promise<Round> {
  await during(contender, way, WARM_UP_MS)
  const before = process.cpuUsage()
  const { messages, milliseconds } = await during(contender, way, MEASURED_MS)
  const cpu = process.cpuUsage(before)
  return {
    perSecond: (messages * 1_000) / milliseconds,
    cpuMicroseconds: (cpu.user + cpu.system) / messages,
  }
}

async function during(
  contender: Contender,
  way: 'oneWay' | 'pingPong',
  atLeast: number,
): Promise<{ readonly messages: number; readonly milliseconds: number }> {
  const start = performance.now()
  let messages = 0
  let milliseconds = 0
  while (milliseconds < atLeast) {
    await contender[way](BATCH, PLAINTEXT)
    messages += BATCH
    milliseconds = performance.now() - start
  }
  return { messages, milliseconds }
}

const [name = '', version = ''] = process.argv.slice(2)
const contender =
  version === ''
    ? ownContender()
    : await libsignalContender((await peerPackage(name, version)) as LibSignal, version)
const found = {
  name: contender.name,
  oneWay: await measure(contender, 'oneWay'),
  pingPong: await measure(contender, 'pingPong'),
}
process.stdout.write(`${JSON.stringify(found)}\n`)
