// Changes one setting in a profile's `config.toml`.

import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { stringify } from 'smol-toml'
import { makePrivateFolder } from '../../client/paths.ts'
import { readConfig } from '../globals.ts'
import { flatten, type SettingValue } from './keys.ts'

/** Without a value it is taken away. */
export async function changeConfig(
  path: string,
  key: string,
  value: SettingValue | number | undefined,
): Promise<void> {
  const flat = new Map(flatten(await readConfig(path)))
  if (value === undefined) flat.delete(key)
  else flat.set(key, value)
  write(path, stringify(nested(flat as ReadonlyMap<string, SettingValue>)))
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
