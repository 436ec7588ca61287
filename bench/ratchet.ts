// Messages per second of one session, sealed and opened, without storage.
//   node --import tsx bench/ratchet.ts [messages]

import { nodePrimitives } from '../src/crypto/provider-node.ts'
import { SessionDevice } from '../test/helpers/session-device.ts'

/** A short text in its padding. */
const PLAINTEXT = new Uint8Array(160).fill(7)
const ROUNDS = 5
const messages = Number(process.argv[2] ?? 5_000)

function conversation(): readonly [SessionDevice, SessionDevice] {
  const ann = new SessionDevice(nodePrimitives, 'bench ann')
  const ben = new SessionDevice(nodePrimitives, 'bench ben')
  ann.start(ben)
  ben.open(ann, ann.seal(ben, PLAINTEXT))
  ann.open(ben, ben.seal(ann, PLAINTEXT))
  return [ann, ben]
}

function oneWay(count: number): void {
  const [ann, ben] = conversation()
  for (let sent = 0; sent < count; sent += 1) ben.open(ann, ann.seal(ben, PLAINTEXT))
}

function pingPong(count: number): void {
  const [ann, ben] = conversation()
  for (let sent = 0; sent < count; sent += 2) {
    ben.open(ann, ann.seal(ben, PLAINTEXT))
    ann.open(ben, ben.seal(ann, PLAINTEXT))
  }
}

function measure(name: string, work: (count: number) => void): void {
  work(messages / 5)
  const rates = Array.from({ length: ROUNDS }, () => {
    const start = performance.now()
    work(messages)
    return (messages * 1000) / (performance.now() - start)
  }).sort((a, b) => a - b)
  const median = Math.round(rates[Math.floor(ROUNDS / 2)] ?? 0)
  process.stdout.write(
    `${name} ${median} messages/s (best of ${ROUNDS}: ${Math.round(rates.at(-1) ?? 0)})\n`,
  )
}

measure('one-way  ', oneWay)
measure('ping-pong', pingPong)
