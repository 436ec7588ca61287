// A session with the real program, written down as somebody would see it: the line, what came on
// stdout, what came on stderr (behind `!`), and the exit code where it is not 0. What differs from
// run to run is given a name, the same one wherever it appears again.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type ProgramEnv, type Ran, run } from '../helpers/program.ts'

export interface Step {
  readonly who: ProgramEnv
  readonly name: string
  readonly args: readonly string[]
  readonly stdin?: string
}

export interface Transcript {
  step(step: Step): Promise<Ran>
  /** Compares with the file; with SOTTO_TRANSCRIPTS=write it becomes the file. */
  compare(): void
}

const FOLDER = join(import.meta.dirname, 'transcripts')
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/** In this order: what is replaced by one line is not seen by the next. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<clock>'],
  [/\d{4}-\d\d-\d\d\b/g, '<day>'],
  [/http:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  [/"pid":\d+|(?<=process )\d+/g, '<pid>'],
  [/(?:\d{5} ){11}\d{5}/g, '<sixty digits>'],
  [/^( {2}(?:\d{5} ?){4}\n){3}/gm, '  <sixty digits>\n'],
  [/"words":\[[^\]]*\]/g, '"words":[<words>]'],
  [/^( {2}(?:[a-z]+ ?){6}\n){2}/gm, '  <twelve words>\n'],
  [/"qr":"[^"]*"/g, '"qr":"<qr>"'],
  [/\b(?:[0-9A-Z]{4}-){13}[0-9A-Z]{4}\b/g, '<recovery key>'],
  [/\b(?:[a-z0-9]{4}-){6}[a-z0-9]{2}\b/g, '<code>'],
  [/(?<="id":"|^|revoke )[0-9a-f]{8}(?="| )/gm, '<invite>'],
  [/"cursor":"\d+"/g, '"cursor":"<cursor>"'],
  // Both are true: whether the receipt is back already is a matter of a millisecond.
  [/\b(?:stored|delivered)\b(?=[\],"])/g, '<sent>'],
  [/Node \d+\.\d+\.\d+/g, 'Node <version>'],
  // The same transcript on every Node: the remark to one that is old is left out.
  [/(?<=Node <version>)(?: →|,) [^\n"]*/g, ''],
  [/(?<=Node <version>","mend":)"[^"]*"/g, 'null'],
  [/\d+(?:\.\d+)? [KM]iB(?=\n)/g, '<size>'],
  [/"bytes":\d+/g, '"bytes":<n>'],
  [/\d+ MiB free/g, '<size> free'],
  [/\b\d+(?= one-time)/g, '<n>'],
  [/generation: \d+/g, 'generation: <n>'],
  [/"detail":"\d+"/g, '"detail":"<n>"'],
]

export function openTranscript(file: string, folder: string): Transcript {
  const named = naming()
  let text = ''
  const settle = (raw: string): string => {
    let settled = raw.replaceAll(folder, '<folder>')
    for (const [pattern, name] of CHANGING) settled = settled.replace(pattern, name)
    return named(settled)
  }
  return {
    async step({ who, name, args, stdin }) {
      const ran = await run(args, who, stdin)
      const pipe = stdin === undefined ? '' : `printf ${JSON.stringify(stdin)} | `
      text += settle(`${name}$ ${pipe}sotto ${args.map(quoted).join(' ')}\n`)
      text += settle(ran.stdout)
      text += settle(ran.stderr).replace(/^(?=.)/gm, '! ')
      text += ran.code === 0 ? '\n' : `[${ran.code}]\n\n`
      return ran
    },
    compare() {
      const path = join(FOLDER, file)
      if (process.env.SOTTO_TRANSCRIPTS === 'write') writeFileSync(path, text)
      expect(text).toBe(readFileSync(path, 'utf8'))
    },
  }
}

const quoted = (word: string): string => (/^[\w@./:=+-]+$/.test(word) ? word : `'${word}'`)

/** Ids by order of appearance; the short form of an id has the same name. */
function naming(): (text: string) => string {
  const names = new Map<string, string>()
  return (text) =>
    text
      .replace(new RegExp(UUID, 'g'), (id) => {
        const name = names.get(id) ?? `<id-${names.size + 1}>`
        names.set(id, name)
        return name
      })
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}\b/g, (short) => {
        const known = [...names].find(([id]) => id.startsWith(short))
        return known === undefined ? '<short-id>' : `${known[1].slice(0, -1)}…>`
      })
}
