// P1, P2, P8: every command, on a profile that somebody hostile filled over the network, on a
// terminal in plain and in colour, and as JSON; the screen; and what is left in files. The terminal
// judges what was written to it.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../src/commands/table.ts'
import { run as runProgram } from '../../helpers/program.ts'
import { WIRE_ATTACK } from '../corpus.ts'
import { HARMFUL, HARMFUL_IN_JSON, HARMLESS, openJudge, verdictOf } from '../terminal.ts'
import { type Act, actsOn, operatorActs } from './acts.ts'
import { walked } from './screen-walk.ts'
import { type Form, openStage, type Shown, type Stage } from './stage.ts'

const FORMS: readonly Form[] = ['plain', 'colour', 'json']
/** The colours that style.ts has. */
const OURS = /^csi (?:1|2|22|31|32|36|39)m$/
const OUR_COLOURS = /\x1b\[(?:1|2|22|31|32|36|39)m/g

/** The painter's: places, looks, the rest of a line, the cursor, one update. */
const PAINTED = /^csi (?:[\d;]*[HGmK]|\?(?:25|2026)[hl])$/
const PAINTERS = /\x1b\[(?:[\d;]*[HGmK]|\?(?:25|2026)[hl])/g

const judges = { plain: openJudge(), colour: openJudge({ allowed: OURS }), json: openJudge() }
let stage: Stage

beforeAll(async () => {
  stage = await openStage()
}, 120_000)
afterAll(async () => {
  await stage?.close()
})

const content = (path: string): string => readFileSync(path, 'utf8')

async function performed(act: Act, form: Form): Promise<Shown> {
  if (act.process !== true) {
    return stage.perform(act.argv, { form, ...act })
  }
  const ran = await runProgram(act.argv, stage.env, act.stdin)
  return { code: ran.code ?? -1, stdout: ran.stdout, stderr: ran.stderr }
}

/** Throws where one of the two streams is more than shown. */
function expectHarmless({ stdout, stderr }: Shown, form: Form, what: string): void {
  for (const text of [stdout, stderr]) {
    expect(verdictOf(judges[form].judge(text)), what).toEqual(HARMLESS)
    const bare = form === 'colour' ? text.replaceAll(OUR_COLOURS, '') : text
    expect(bare, what).not.toMatch(form === 'json' ? HARMFUL_IN_JSON : HARMFUL)
  }
}

function expectJsonLines({ stdout, stderr }: Shown, what: string): void {
  for (const line of `${stdout}${stderr}`.split('\n')) {
    if (line !== '') expect(() => JSON.parse(line), `${what}: ${line}`).not.toThrow()
  }
}

describe('nothing that somebody says acts on the terminal', () => {
  // First: the commands delete what it shows.
  test('by way of the screen, wherever it is shown', { timeout: 120_000 }, async () => {
    const { stops, written } = await walked(stage)
    expect(openJudge({ allowed: PAINTED }).judge(written).acts).toEqual([])
    expect(written.replaceAll(PAINTERS, '')).not.toMatch(HARMFUL)
    expect(stops.join()).toContain('owned')
  })

  test('by way of any command, in any form', { timeout: 180_000 }, async () => {
    const table = { ...actsOn(stage), ...operatorActs(stage) }
    expect(Object.keys(table).sort()).toEqual(COMMANDS.map(({ path }) => path).sort())
    for (const act of Object.values(table).flat()) {
      for (const form of act.forms ?? FORMS) {
        const what = `${form}: ${act.argv.map((word) => JSON.stringify(word)).join(' ')}`
        const shown = await performed(act, form)
        expectHarmless(shown, form, what)
        if (form === 'json') expectJsonLines(shown, what)
        if (act.shows === true) expect(shown.stdout + shown.stderr, what).toContain('owned')
      }
    }
  })

  test('by way of an exported conversation that is printed', () => {
    for (const format of ['md', 'html', 'jsonl'] as const) {
      const text = content(join(stage.folder, `mallory.${format}`))
      expect(text, format).toContain('owned')
      expectHarmless({ code: 0, stdout: text, stderr: '' }, 'plain', format)
      if (format === 'jsonl') expectJsonLines({ code: 0, stdout: text, stderr: '' }, format)
      // Nothing of it is markup either: no element in HTML, and no link in Markdown.
      else expect(text).not.toMatch(format === 'md' ? /(?<!\\)<|(?<!\\)\]\(/ : /<(?:script|a) /)
    }
  })

  test('by way of a log that is printed', () => {
    const { home } = stage.alice
    const logs = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.log$/.test(name),
    )
    for (const name of logs) {
      const text = content(join(home, name))
      expectHarmless({ code: 0, stdout: text, stderr: '' }, 'json', name)
      expect(text).not.toContain('owned')
    }
  })
})

describe('files that somebody sent', () => {
  test('are in the chosen folder and nowhere else, each beside the last, for their owner only', () => {
    const inbox = readdirSync(join(stage.folder, 'inbox')).sort()
    // Each was saved once in every form.
    expect(inbox).toHaveLength(stage.sent.length * FORMS.length)
    for (const name of inbox) {
      const path = join(stage.folder, 'inbox', name)
      expect(name).not.toMatch(HARMFUL)
      expect(name).not.toMatch(/^[-.]/)
      expect(verdictOf(judges.plain.judge(name)), name).toEqual(HARMLESS)
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(content(path)).toBe(WIRE_ATTACK)
    }
    expect(readdirSync(join(stage.folder, 'sent')).sort()).toEqual([...stage.sent].sort())
  })
})
