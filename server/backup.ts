// A backup is a folder: an online copy of the database, the finished blobs, the server's keys and
// its configuration, and a manifest with the hash of each. It is made beside a running server and
// has its name only when it is whole.

import { createHash } from 'node:crypto'
import { constants, createReadStream, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { chmod, copyFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type BlobId, idFromBytes } from '../src/protocol/ids.ts'
import { defaultDataFolder } from './config.ts'
import { BLOBS_FOLDER, DATABASE_FILE, KEPT_FILES } from './data-folder.ts'
import { ServerError } from './options.ts'
import { makePrivateFolder, synced, writePrivateFile } from './private-files.ts'
import { openSql, type Sql } from './storage/sqlite/open.ts'

const MANIFEST = 'manifest.json'
const FORMAT = 'sotto-server-backup/1'

interface BackupSummary {
  readonly path: string
  readonly accounts: number
  readonly blobs: number
  readonly bytes: number
}

interface Manifest {
  readonly format: typeof FORMAT
  readonly createdAt: number
  readonly accounts: number
  readonly files: Readonly<Record<string, FileMark>>
}

interface FileMark {
  readonly size: number
  /** Of the content, in hex. */
  readonly sha256: string
}

export async function backupServer(options: {
  readonly data?: string
  /** A folder that is not there yet. */
  readonly to: string
  readonly now: number
}): Promise<BackupSummary> {
  const data = resolve(options.data ?? defaultDataFolder())
  const to = resolve(options.to)
  if (!existsSync(join(data, DATABASE_FILE))) {
    throw new ServerError('not_found', `there is no server in ${data}`)
  }
  if (existsSync(to)) throw new ServerError('conflict', `${to} is there already`)
  const making = `${to}.partial`
  rmSync(making, { recursive: true, force: true })
  makePrivateFolder(making)
  const summary = await fill(data, making, options.now)
  renameSync(making, to)
  synced(dirname(to))
  return { path: to, ...summary }
}

async function fill(data: string, to: string, now: number): Promise<Omit<BackupSummary, 'path'>> {
  copyDatabase(join(data, DATABASE_FILE), join(to, DATABASE_FILE))
  const { accounts, blobs } = contentOf(join(to, DATABASE_FILE))
  const files: Record<string, FileMark> = {
    [DATABASE_FILE]: await markOf(join(to, DATABASE_FILE)),
  }
  for (const name of KEPT_FILES) {
    if (await copied(join(data, name), join(to, name))) files[name] = await markOf(join(to, name))
  }
  makePrivateFolder(join(to, BLOBS_FOLDER))
  let kept = 0
  for (const blob of blobs) {
    const shelf = join(BLOBS_FOLDER, blob.slice(0, 2))
    const name = join(shelf, blob)
    makePrivateFolder(join(to, shelf))
    // One that was deleted since the database was copied is no loss.
    if (!(await copied(join(data, name), join(to, name)))) continue
    files[name] = await markOf(join(to, name))
    kept += 1
  }
  const manifest: Manifest = { format: FORMAT, createdAt: now, accounts, files }
  writePrivateFile(join(to, MANIFEST), JSON.stringify(manifest, undefined, 1))
  const bytes = Object.values(files).reduce((sum, { size }) => sum + size, 0)
  return { accounts, blobs: kept, bytes }
}

function copyDatabase(from: string, to: string): void {
  writePrivateFile(to, '')
  const source = openSql({ path: from, readonly: true })
  try {
    source.copyInto(to)
  } finally {
    source.close()
  }
  synced(to)
}

interface Content {
  readonly accounts: number
  readonly blobs: readonly BlobId[]
}

function contentOf(path: string): Content {
  return reading(path, (sql) => ({
    accounts: sql.get<{ count: number }>('SELECT count(*) AS count FROM account')?.count ?? 0,
    blobs: sql
      .all<{ id: Uint8Array }>('SELECT id FROM blob WHERE complete = 1')
      .map(({ id }) => idFromBytes<BlobId>(id)),
  }))
}

function reading<T>(path: string, read: (sql: Sql) => T): T {
  const sql = openSql({ path, readonly: true })
  try {
    return read(sql)
  } finally {
    sql.close()
  }
}

/** False where there is nothing to copy. Shares the bytes where the file system can. */
async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  await chmod(to, 0o600)
  synced(to)
  return true
}

async function markOf(path: string): Promise<FileMark> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return { size: (await stat(path)).size, sha256: hash.digest('hex') }
}

/** Every file as the manifest says, and a database that is sound. Throws `damaged`. */
export async function checkBackup(folder: string): Promise<Manifest> {
  const manifest = manifestOf(folder)
  for (const [name, mark] of Object.entries(manifest.files)) {
    const path = join(folder, name)
    if (!existsSync(path)) throw damaged(`${name} is missing`)
    const found = await markOf(path)
    if (found.size !== mark.size || found.sha256 !== mark.sha256) {
      throw damaged(`${name} is not what was backed up`)
    }
  }
  const faults = reading(join(folder, DATABASE_FILE), integrityFaults)
  if (faults.length > 0) throw damaged(`the database is not sound (${faults.length} faults)`)
  return manifest
}

/** Names of the files come from the manifest, which comes from anywhere. */
const NAME =
  /^(server\.db|server-keys\.json|certificate(-key)?\.pem|config\.toml|blobs\/[0-9a-f]{2}\/[0-9a-f-]{36})$/

function manifestOf(folder: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'))
  } catch {
    throw damaged('there is no readable manifest')
  }
  if (typeof value !== 'object' || value === null) throw damaged('there is no readable manifest')
  const manifest = value as Manifest
  const names = Object.keys(manifest.files ?? {})
  if (manifest.format !== FORMAT || !names.includes(DATABASE_FILE)) {
    throw damaged('this is no backup that this version can read')
  }
  if (!names.every((name) => NAME.test(name))) throw damaged('the manifest names foreign files')
  return manifest
}

export function integrityFaults(sql: Sql): readonly string[] {
  return sql
    .all<{ integrity_check: string }>('PRAGMA integrity_check')
    .map((row) => row.integrity_check)
    .filter((line) => line !== 'ok')
}

const damaged = (what: string): ServerError => new ServerError('damaged', `the backup: ${what}`)
