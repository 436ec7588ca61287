// Anything at all happens to the screen, by the thousands, and it is never broken. A failure prints
// its seed: SOTTO_FUZZ=EVENTS:SEED plays it again. SOTTO_FUZZ=100000 is the long run.

import { describe, expect, test } from 'vitest'
import type { TuiEvent } from '../../../src/tui/event.ts'
import type { Model } from '../../../src/tui/model.ts'
import { THEME_NAMES, themeOf } from '../../../src/tui/theme/theme.ts'
import { NEW_FOUNDING } from '../../../src/tui/update/founding.ts'
import { update } from '../../../src/tui/update/update.ts'
import { emptyModel } from '../scene.ts'
import { Chance } from './chance.ts'
import { Glass } from './glass.ts'
import { World } from './world.ts'

const [count, given] = (process.env.SOTTO_FUZZ ?? '').split(':')
const EVENTS = count === undefined || count === '' ? 2_000 : Number(count)
/** In `npm test` always the same, so that a change of ours and not chance is what fails it. */
const SEED =
  given === undefined
    ? count === undefined || count === ''
      ? 20_261_125
      : Date.now() % 2 ** 32
    : Number(given)
/** A screen is used for so long, then another begins. */
const LIFE = 2_000
const LONG_MS = 3 * 3_600_000

/** As the loop does: the theme follows its setting. */
function themed(model: Model): Model {
  const name = THEME_NAMES.find((one) => one === model.settings.theme)
  return name === undefined || name === 'auto'
    ? model
    : { ...model, theme: themeOf({ name, depth: model.theme.depth }) }
}

async function live(seed: number, events: number): Promise<number> {
  const chance = new Chance(seed)
  const world = new World(chance)
  let model: Model = chance.in(3)
    ? { ...emptyModel(), screen: { kind: 'founding', founding: NEW_FOUNDING } }
    : emptyModel({
        keys: chance.one(['default', 'vim', 'emacs']),
        idleLock: chance.in(2) ? 0 : 60_000,
      })
  const glass = new Glass(model)
  const last: TuiEvent[] = []
  let done = 0
  const fail = (what: string): never => {
    throw new Error(
      `seed ${seed}, event ${done}: ${what}\nafter ${last.map((one) => JSON.stringify(one).slice(0, 300)).join('\n')}\n${glass.text()}`,
    )
  }
  try {
    while (done < events) {
      for (const event of world.next(model)) {
        last.push(event)
        last.splice(0, Math.max(0, last.length - 5))
        done += 1
        const settings = model.settings
        try {
          const step = update(model, event)
          model = step.model.settings.theme === settings.theme ? step.model : themed(step.model)
          world.take(step.effects)
        } catch (error) {
          fail((error as Error).stack ?? String(error))
        }
      }
      // Not each is painted: a terminal that is slow sees fewer frames.
      if (chance.in(2)) continue
      const wrong = await glass.show(model).catch((error: Error) => error.stack ?? String(error))
      if (wrong !== undefined) fail(wrong)
    }
    return done
  } finally {
    glass.close()
  }
}

describe('whatever happens', () => {
  test(`${EVENTS} events from seed ${SEED} never break the screen`, {
    timeout: LONG_MS,
  }, async () => {
    let left = EVENTS
    for (let life = 0; left > 0; life += 1) left -= await live(SEED + life, Math.min(left, LIFE))
    expect(left).toBeLessThanOrEqual(0)
  })
})
