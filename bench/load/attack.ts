// The process that attacks: one kind, again and again until it is ended. It says after each pass
// what it saw.

import { readFileSync } from 'node:fs'
import { ATTACKS } from '../../test/hostile/abuse/attacks.ts'
import type { AttackTask, WorldJson } from './messages.ts'

process.on('message', (task: AttackTask) => {
  run(task).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    process.exit(1)
  })
})

async function run({ port, world, attack, size, from, perSecond }: AttackTask): Promise<void> {
  const { people } = JSON.parse(readFileSync(world, 'utf8')) as WorldJson
  const victim = people.at(-1)
  if (victim === undefined) throw new Error('nobody is there')
  const field = { port, victim, attackers: people.slice(from, -1), perSecond }
  for (;;) {
    const seen = await ATTACKS[attack](field, size).catch(
      // A refused login or a socket that is cut ends a pass: the next one begins.
      () => ({ broken: 1 }),
    )
    process.send?.({ seen })
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
