import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { stringify } from 'smol-toml'
import { makePrivateFolder } from '../../client/paths.ts'
import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import { configPath, readConfig } from '../globals.ts'
import type { Input } from '../input.ts'
import { flatten, type SettingValue, settingOf } from './keys.ts'

export async function run({ out, globals }: Context, input: Input): Promise<undefined> {
  const key = input.word(0)
  const text = input.words[1]
  const path = configPath(globals)
  const flat = new Map(flatten(await readConfig(path)))
  if (text === undefined) flat.delete(key)
  else flat.set(key, settingOf(key, text))
  write(path, stringify(nested(flat as ReadonlyMap<string, SettingValue>)))
  out.done(
    'config.set',
    safe`${safeText(key)} is ${text === undefined ? safe`not set` : safeText(text)}.`,
  )
}

/** Whole or not at all: a crash leaves the old file. */
function write(path: string, toml: string): void {
  makePrivateFolder(dirname(path))
  writeFileSync(`${path}.new`, toml, { mode: 0o600 })
  chmodSync(`${path}.new`, 0o600)
  renameSync(`${path}.new`, path)
}

interface Table {
  [key: string]: SettingValue | Table
}

function nested(flat: ReadonlyMap<string, SettingValue>): Table {
  const root: Table = {}
  for (const [name, value] of flat) {
    const words = name.split('.')
    const last = words.pop() ?? name
    let table = root
    for (const word of words) {
      const inner = table[word]
      const next: Table = typeof inner === 'object' && !Array.isArray(inner) ? (inner as Table) : {}
      table[word] = next
      table = next
    }
    table[last] = value
  }
  return root
}
