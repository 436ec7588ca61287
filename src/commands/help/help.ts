// What `sotto help` prints, from the table of commands.

import { existsSync, readFileSync } from 'node:fs'
import { ClientError } from '../../client/api.ts'
import { type SafeText, safeText } from '../../protocol/safe-text.ts'
import { GLOBAL_OPTIONS } from '../globals.ts'
import type { OptionSpec } from '../option-spec.ts'
import type { CommandSpec } from '../spec.ts'
import { COMMANDS } from '../table.ts'
import { TOPICS } from './topics.ts'

export const versionText = (): SafeText => safeText(`sotto ${version()}`)

/** From the package that we came in: two folders up in the sources, one in the bundle. */
function version(): string {
  for (const place of ['../package.json', '../../../package.json']) {
    const path = new URL(place, import.meta.url)
    if (!existsSync(path)) continue
    const { name, version: found } = JSON.parse(readFileSync(path, 'utf8')) as Record<
      string,
      string
    >
    if (name === 'sotto' && found !== undefined) return found
  }
  return 'unknown'
}

export function helpText(topic: readonly string[]): SafeText {
  return safeText(textOf(topic), { multiline: true })
}

function textOf(topic: readonly string[]): string {
  if (topic.length === 0) return overview()
  const page = topic.length === 1 ? TOPICS.get(topic[0] ?? '') : undefined
  if (page !== undefined) return page()
  const path = topic.join(' ')
  const inside = shown().filter((spec) => spec.path.startsWith(`${path} `))
  const spec = shown().find((candidate) => candidate.path === path)
  if (spec === undefined && inside.length === 0) {
    throw new ClientError('not_found', `There is no help on ‘${path}’.`, { hint: 'sotto help' })
  }
  return [spec === undefined ? [] : commandHelp(spec), inside.length === 0 ? [] : list(inside)]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

const shown = (): readonly CommandSpec[] => COMMANDS.filter((spec) => spec.hidden !== true)

function overview(): string {
  const first = shown().filter((spec) => !spec.path.startsWith('server '))
  return `sotto: messages that only the two of you can read, for people and for scripts

  sotto demo                          try everything, with nothing to set up
  sotto register NAME --server URL    an account
  sotto contact add bob               ask somebody
  sotto send bob 'hello'              write
  sotto receive --follow              read
  sotto                               talk

${list(first).join('\n')}

  ${'server …'.padEnd(COLUMN)}the bundled server: sotto help server

Everywhere:
${GLOBAL_OPTIONS.map(optionLine).join('\n')}

Topics: ${[...TOPICS.keys()].map((name) => `sotto help ${name}`).join(' · ')}`
}

/** Where the summaries begin. */
const COLUMN = 34

const line = (left: string, right: string): string =>
  left.length < COLUMN
    ? `  ${left.padEnd(COLUMN)}${right}`
    : `  ${left}\n  ${' '.repeat(COLUMN)}${right}`

const usageOf = ({ path, args }: CommandSpec): string => `${path} ${args}`.trimEnd()

const list = (specs: readonly CommandSpec[]): readonly string[] =>
  specs.map((spec) => line(usageOf(spec), spec.summary))

const optionLine = ({ flags, summary }: OptionSpec): string => line(flags, summary)

function commandHelp(spec: CommandSpec): readonly string[] {
  const options = (spec.options ?? []).filter((option) => option.hidden !== true)
  return [
    `sotto ${usageOf(spec)}${options.length === 0 ? '' : ' [options]'}${spec.rest === true ? ' [--run -- CMD…]' : ''}`,
    '',
    `  ${spec.summary}`,
    ...(options.length === 0 ? [] : ['', ...options.map(optionLine)]),
  ]
}
