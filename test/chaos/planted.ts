// The mistakes that the storm is there for, each made once, in the source, while the program is
// bundled. A mistake that is not found is a storm that proves nothing.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildTestProgram, type Change } from './build.ts'
import { powerCuts } from './power.ts'
import { type StormOptions, storm } from './storm.ts'
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

/** The ratchet's next state is committed with whatever comes after the ciphertext that it made; not
 *  of the first few, without which two never become friends. */
const COMMITS_RATCHET_LATE: readonly Change[] = [
  {
    file: 'src/client/writes.ts',
    from: '  const notices: Notice[] = []\n',
    to: `  const notices: Notice[] = []
  for (const write of late.splice(0)) apply(tx, write)
  if (writes.some(({ kind }) => kind === 'addOutbox') && ++outgoing > 4) {
    late.push(...writes.filter(({ kind }) => kind === 'putSession'))
    writes = writes.filter(({ kind }) => kind !== 'putSession')
  }
`,
  },
  {
    file: 'src/client/writes.ts',
    from: '/** Returns the notices',
    to: 'let outgoing = 0\nconst late = []\n/** Returns the notices',
  },
]

/** What was acknowledged is gone: a message, an account, a whole profile. */
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

export const PLANTED: Readonly<Record<string, Planted>> = {
  'acknowledge before commit': { changes: [ACKNOWLEDGES_FIRST], finds: /^I1/ },
  'encrypt after send': { changes: COMMITS_RATCHET_LATE, finds: /^I5/ },
  'synchronous=NORMAL under power cuts': { changes: SYNCS_NORMAL, finds: /^I[178]/, power: true },
  'no deduplication': { changes: FORGETS_KEYS, finds: /^I2/ },
  'nothing, under power cuts': { changes: [], finds: undefined, power: true },
}

/** Tells whether what must be found was, and what else. */
export async function stormOf(
  { changes, finds, power }: Planted,
  options: StormOptions,
): Promise<{ readonly found: boolean; readonly violations: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-chaos-power-'))
  const program = await buildTestProgram(changes)
  const machine = power === true ? { machine: powerCuts(folder) } : {}
  const world = await makeWorld({ program, ...machine })
  try {
    const { violations } = await storm(world, options)
    const found =
      finds === undefined ? violations.length === 0 : violations.some((it) => finds.test(it))
    return { found, violations }
  } finally {
    await world.close()
    program.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}
