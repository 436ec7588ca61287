// Looks at a server without touching it: each check with what was found and how to mend it.

import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { integrityFaults } from './backup.ts'
import { loadConfig, type ServerConfig } from './config.ts'
import { DATABASE_FILE } from './data-folder.ts'
import { lockFolder } from './folder-lock.ts'
import { ServerError, type ServerOptions } from './options.ts'
import { openSql } from './storage/sqlite/open.ts'
import { isLoopback } from './tls.ts'

interface DoctorCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  /** How to mend it; empty where nothing is to be mended. */
  readonly mend: string
}

const DAY_MS = 24 * 3_600_000
const MIN_DAYS_LEFT = 14
/** Appends are refused when the disk is full; this much is a warning before. */
const MIN_FREE_BYTES = 1024 ** 3
const PRIVATE_FILES = [DATABASE_FILE, 'server-keys.json', 'certificate-key.pem']

type Finding = { readonly ok: true; readonly detail: string } | Fault
interface Fault {
  readonly ok: false
  readonly detail: string
  readonly mend: string
}

const fine = (detail: string): Finding => ({ ok: true, detail })
const fault = (detail: string, mend: string): Finding => ({ ok: false, detail, mend })

export async function doctorServer(options: ServerOptions): Promise<readonly DoctorCheck[]> {
  let config: ServerConfig
  try {
    config = loadConfig(options)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return [check('configuration', fault(error.message, 'mend that line or option'))]
  }
  const { data } = config
  return [
    check('configuration', fine('every setting is understood')),
    check('data folder', folderFinding(data)),
    check('private files', privacyFinding(data)),
    check('database', databaseFinding(data)),
    check('disk', await diskFinding(data)),
    check('transport', transportFinding(config)),
    check('running', runningFinding(data)),
    check('runtime', runtimeFinding()),
  ]
}

const check = (name: string, finding: Finding): DoctorCheck => ({ name, mend: '', ...finding })

function folderFinding(data: string): Finding {
  if (!existsSync(data)) return fault(`${data} is not there`, 'start the server once')
  const open = (statSync(data).mode & 0o077) !== 0
  return open ? fault('others can look into it', `chmod 700 ${data}`) : fine(data)
}

function privacyFinding(data: string): Finding {
  const open = PRIVATE_FILES.map((name) => join(data, name)).filter(
    (path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0,
  )
  if (open.length === 0) return fine('only their owner can read them')
  return fault(`${open.length} can be read by others`, `chmod 600 ${open.join(' ')}`)
}

function databaseFinding(data: string): Finding {
  const path = join(data, DATABASE_FILE)
  if (!existsSync(path)) return fault('there is none yet', 'start the server once')
  if (statSync(path).size === 0) return fault('is empty', 'restore a backup: sotto server restore')
  try {
    const sql = openSql({ path, readonly: true })
    try {
      const faults = integrityFaults(sql)
      if (faults.length === 0) return fine('sound')
      return fault(`${faults.length} faults`, 'restore a backup: sotto server restore')
    } finally {
      sql.close()
    }
  } catch {
    return fault('cannot be read', 'restore a backup: sotto server restore')
  }
}

async function diskFinding(data: string): Promise<Finding> {
  if (!existsSync(data)) return fault('there is no folder to look at', 'start the server once')
  const { bavail, bsize } = await statfs(data)
  const free = bavail * bsize
  const text = `${Math.floor(free / 1024 ** 2)} MiB free`
  return free >= MIN_FREE_BYTES ? fine(text) : fault(text, 'make room, or lower retention_days')
}

function transportFinding(config: ServerConfig): Finding {
  const { listen, tlsCert, data } = config
  if (tlsCert === undefined) {
    if (isLoopback(listen.host)) return fine('plain, on loopback only')
    const own = join(data, 'certificate.pem')
    return existsSync(own) ? dated(own) : fine('TLS; a certificate is made at the first start')
  }
  if (!existsSync(tlsCert)) return fault(`${tlsCert} is not there`, 'mend tls_cert')
  return dated(tlsCert)
}

function dated(path: string): Finding {
  try {
    const until = Date.parse(new X509Certificate(readFileSync(path)).validTo)
    const days = Math.floor((until - Date.now()) / DAY_MS)
    const text = `TLS; the certificate has ${days} days left`
    return days >= MIN_DAYS_LEFT ? fine(text) : fault(text, 'renew it and restart the server')
  } catch {
    return fault(`${path} is no certificate`, 'mend tls_cert')
  }
}

function runningFinding(data: string): Finding {
  if (!existsSync(join(data, DATABASE_FILE))) return fine('not running')
  try {
    lockFolder(data)()
    return fine('not running')
  } catch {
    return fine('running')
  }
}

/** Node 20 is our floor and works; that it gets no more fixes is a remark, not a fault. */
function runtimeFinding(): Finding {
  const version = process.versions.node
  const major = Number(version.split('.')[0])
  return fine(major >= 22 ? `Node ${version}` : `Node ${version}, without fixes now; 24 is better`)
}
