// A data folder from a backup. What happened since the backup is not in it, so one-time prekeys
// are emptied (each may have been handed out) and the restore is counted: clients see the count at
// their next login and publish new keys.

import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { chmod, copyFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { checkBackup } from './backup.ts'
import { CONFIG_FILE, defaultDataFolder } from './config.ts'
import { DATABASE_FILE } from './data-folder.ts'
import { restoreOf } from './file-identity.ts'
import { lockFolder } from './folder-lock.ts'
import { ServerError } from './options.ts'
import { makePrivateFolder, synced } from './private-files.ts'
import { openSqlite } from './storage/sqlite/adapter.ts'
import { systemEnv } from './system-env.ts'

interface RestoreSummary {
  readonly checked: true
  readonly createdAt: number
  readonly accounts: number
  readonly files: number
  /** How often this server has been restored, this time included; absent where it was a check. */
  readonly restored?: number
}

export async function restoreServer(options: {
  readonly data?: string
  readonly from: string
  /** Only see whether the backup is good. */
  readonly check: boolean
}): Promise<RestoreSummary> {
  const from = resolve(options.from)
  const { createdAt, accounts, files } = await checkBackup(from)
  const names = Object.keys(files)
  const summary = { checked: true, createdAt, accounts, files: names.length } as const
  if (options.check) return summary
  const data = resolve(options.data ?? defaultDataFolder())
  refuseOccupied(data)
  makePrivateFolder(dirname(data))
  const making = `${data}.restoring`
  rmSync(making, { recursive: true, force: true })
  makePrivateFolder(making)
  for (const name of names) {
    makePrivateFolder(dirname(join(making, name)))
    await copyFile(join(from, name), join(making, name))
    await chmod(join(making, name), 0o600)
  }
  const restored = await counted(making)
  const config = join(data, CONFIG_FILE)
  // A configuration that the operator has laid out already is newer than the backup's.
  if (existsSync(config)) renameSync(config, join(making, CONFIG_FILE))
  rmSync(data, { recursive: true, force: true })
  renameSync(making, data)
  synced(dirname(data))
  return { ...summary, restored }
}

/** Never over another server's data, least of all a running one's. */
function refuseOccupied(data: string): void {
  if (!existsSync(data)) return
  const others = readdirSync(data).filter((name) => name !== CONFIG_FILE)
  if (others.length === 0) return
  if (others.includes(DATABASE_FILE)) lockFolder(data)()
  const hint = 'name an empty folder with --data, or move this one away'
  throw new ServerError('conflict', `${data} is not empty`, hint)
}

async function counted(folder: string): Promise<number> {
  const path = join(folder, DATABASE_FILE)
  const storage = await openSqlite({ path, now: systemEnv.now })
  try {
    return await storage.directory.countRestore(restoreOf(path, systemEnv))
  } finally {
    await storage.close()
  }
}
