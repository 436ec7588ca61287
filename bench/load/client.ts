// The process that makes the load: plays one scene, and says what it saw.

import { readFileSync } from 'node:fs'
import type { Figures, LoadSays, ParentSays, Task, WorldJson } from './messages.ts'
import { fanOut } from './scenes/fan-out.ts'
import { idle } from './scenes/idle.ts'
import { offline } from './scenes/offline.ts'
import { paced, pairs } from './scenes/pairs.ts'
import { sessions } from './scenes/sessions.ts'
import type { Stage } from './stage.ts'

const say = (what: LoadSays): void => {
  process.send?.(what)
}
let goOn = (): void => undefined

process.on('message', (said: ParentSays) => {
  if (said === 'go') {
    goOn()
    return
  }
  run(said).then(
    (figures) => say({ kind: 'done', figures }),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
      process.exit(1)
    },
  )
})

function run(task: Task): Promise<Figures> {
  const world = JSON.parse(readFileSync(task.world, 'utf8')) as WorldJson
  const stage: Stage = {
    port: task.port,
    world,
    mark: () =>
      new Promise((resolve) => {
        goOn = resolve
        say({ kind: 'mark' })
      }),
  }
  switch (task.kind) {
    case 'pairs':
      return pairs(stage, task)
    case 'paced':
      return paced(stage, task)
    case 'offline':
      return offline(stage, task)
    case 'fanOut':
      return fanOut(stage, task)
    case 'idle':
      return idle(stage, task)
    case 'sessions':
      return sessions(stage, task)
  }
}
