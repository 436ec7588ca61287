// The same simulation over encrypted databases on a disk: fewer runs, for each commit waits for the
// disk. What was written is read again by another opening.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Store } from '../../src/store/port.ts'
import { createStore, openStore } from '../../src/store/sqlite-store.ts'
import { broken } from './world/invariants.ts'
import { copyOf, type Profile } from './world/profile.ts'
import { STORM, seedsFrom } from './world/run.ts'
import { World } from './world/world.ts'

const KINDS = ['curve-signed', 'curve-one-time', 'kem-last-resort', 'kem-one-time'] as const

function onDisk(profile: Profile, path: string, key: Uint8Array): Store {
  const from = copyOf(profile)
  const self = from.self()
  const store = createStore({ path, key })
  store.transaction((tx) => {
    if (self !== undefined) tx.putSelf(self)
    for (const kind of KINDS) for (const prekey of from.prekeys(kind)) tx.putPrekey(prekey)
  })
  from.close()
  return store
}

test('keeps every invariant on a disk, and reads it all again', { timeout: 120_000 }, async () => {
  for (const seed of seedsFrom(5_001, 3)) {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-simulation-'))
    const key = new Uint8Array(randomBytes(32))
    const paths: string[] = []
    try {
      const world = new World(seed, STORM, {}, (profile) => {
        const path = join(folder, `${paths.length}`, 'profile.db')
        paths.push(path)
        return onDisk(profile, path, key)
      })
      await world.run()
      expect(broken(world).map((finding) => `seed ${seed}: ${finding}`)).toEqual([])
      const counts = world.devices.map(({ store }) => store.messages({ limit: 10_000 }).length)
      for (const { store } of world.devices) store.close()
      const again = paths.map((path) => openStore({ path, key }))
      expect(again.map((store) => store.messages({ limit: 10_000 }).length)).toEqual(counts)
      expect(again.flatMap((store) => store.integrity())).toEqual([])
      for (const store of again) store.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
})
