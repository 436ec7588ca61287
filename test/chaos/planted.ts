// The mistakes that the storm is there for, each made once, in the source, while the program is
// bundled. A mistake that is not found is a storm that proves nothing.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildTestProgram, type Change } from './build.ts'
import { powerCuts } from './power.ts'
import { type StormOptions, type StormResult, storm } from './storm.ts'
import { makeWorld } from './world.ts'

interface Planted {
  readonly changes: readonly Change[]
  /** What must be found; nothing at all where nothing is planted. */
  readonly finds: RegExp | undefined
  /** A kill is a power cut. */
  readonly power?: boolean
}

const ACKNOWLEDGES_FIRST: Change = {
  file: 'src/client/intake.ts',
  from: 'const upTo = await driver.entries(log, entries)',
  to: `const upTo = entries.at(-1)?.seq ?? 0
      this.#ports.acknowledge(upTo)
      await new Promise((done) => setTimeout(done, 300))
      await driver.entries(log, entries)`,
}

/** The ratchet's next state is seen at once by whoever reads it, and stands on the disk only some
 *  messages later: what it sealed has gone out by then. */
const COMMITS_RATCHET_LATE: readonly Change[] = [
  {
    file: 'src/client/writes.ts',
    from: '      tx.putSession(write.session)\n',
    to: `      if (late.size === 0 || ++late.puts % 8 === 0) tx.putSession(write.session)
      late.set(String(write.session.session), { ...write.session, state: write.session.state.slice() })
`,
  },
  {
    file: 'src/client/writes.ts',
    from: "import { contactRow } from './view.ts'",
    to: "import { contactRow, late } from './view.ts'",
  },
  {
    file: 'src/client/view.ts',
    from: 'sessions: (peer) => store.sessions(peer),',
    to: `sessions: (peer) => store.sessions(peer).map((row) => {
      const newer = late.get(String(row.session))
      return newer === undefined ? row : { ...newer, state: newer.state.slice() }
    }),`,
  },
  {
    file: 'src/client/view.ts',
    from: 'export function viewOf(',
    to: 'export const late = Object.assign(new Map(), { puts: 0 })\nexport function viewOf(',
  },
]

const SYNCS_NORMAL: readonly Change[] = [
  { file: 'src/store/open.ts', from: "'FULL', 2]", to: "'NORMAL', 1]" },
  { file: 'server/storage/sqlite/open.ts', from: 'synchronous = FULL', to: 'synchronous = NORMAL' },
]

/** Who asks again because the answer was lost is not known. */
const FORGETS_KEYS: readonly Change[] = [
  {
    file: 'src/engine/send.ts',
    from: 'const before = draft.context.view.idempotent(key)',
    to: 'const before = undefined',
  },
  {
    file: 'src/engine/send.ts',
    from: "kind: 'putIdempotent', key, ",
    to: "kind: 'putIdempotent', key: key + message.id, ",
  },
]

/** What was told to be stored is gone. */
const LOST = /^I1: \w+ lacks/

export const PLANTED: Readonly<Record<string, Planted>> = {
  'acknowledge before commit': { changes: [ACKNOWLEDGES_FIRST], finds: LOST },
  'encrypt after send': { changes: COMMITS_RATCHET_LATE, finds: /^I5/ },
  'synchronous=NORMAL under power cuts': { changes: SYNCS_NORMAL, finds: LOST, power: true },
  'no deduplication': { changes: FORGETS_KEYS, finds: /^I2/ },
  'nothing, under power cuts': { changes: [], finds: undefined, power: true },
}

export interface PlantedResult extends Pick<StormResult, 'kills' | 'messages' | 'violations'> {
  /** What must be found was, and where nothing is planted, nothing. */
  readonly asItMust: boolean
  /** The violation that the mistake was to be found by. */
  readonly by: string | undefined
}

/** Each is found after a few. What is not back after so long is judged: it is no loss if the server
 *  still has it. */
const UNTIL_FOUND = { kills: 25, lostMs: 20_000 }
/** More than 25 of the server and of each account. */
const AT_LENGTH = { kills: 80, lostMs: 60_000, together: 70 }
/** No storm takes as long, however wrong the program is that it strikes. */
const LIMIT_MS = 8 * 60_000

export async function stormOf(
  { changes, finds, power }: Planted,
  options: Pick<StormOptions, 'seed' | 'boundMs'>,
): Promise<PlantedResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-chaos-power-'))
  const program = await buildTestProgram(changes)
  const machine = power === true ? { machine: powerCuts(folder) } : {}
  const world = await makeWorld({ program, ...machine })
  try {
    const result = await bounded(
      storm(world, { ...options, ...(finds === undefined ? AT_LENGTH : UNTIL_FOUND) }),
    )
    const by = result.violations.find((violation) => finds?.test(violation))
    const asItMust = finds === undefined ? result.violations.length === 0 : by !== undefined
    return { ...result, by, asItMust }
  } finally {
    await world.close()
    program.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function bounded<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, fail) => {
    const why = `the storm did not end within ${LIMIT_MS / 60_000} minutes`
    timer = setTimeout(() => fail(new Error(why)), LIMIT_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
