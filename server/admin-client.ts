// The operator's calls, for `sotto server …`: to the server that runs over the data folder, or,
// where none does, straight to the folder, which is held for that long.

import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join, resolve } from 'node:path'
import { type AdminArgs, type AdminCallName, type AdminResult, adminHandlers } from './admin.ts'
import { ADMIN_FILE, ADMIN_PATH } from './admin-listener.ts'
import { DiskBlobs } from './blobs/disk.ts'
import { defaultDataFolder } from './config.ts'
import { BLOBS_FOLDER, DATABASE_FILE } from './data-folder.ts'
import { Directory } from './directory.ts'
import { lockFolder } from './folder-lock.ts'
import { ServerError, type ServerErrorCode } from './options.ts'
import { openSqlite } from './storage/sqlite/adapter.ts'
import { systemEnv } from './system-env.ts'

export async function adminCall<N extends AdminCallName>(
  data: string | undefined,
  name: N,
  args: AdminArgs<N>,
): Promise<AdminResult<N>> {
  const folder = resolve(data ?? defaultDataFolder())
  if (!existsSync(join(folder, DATABASE_FILE))) {
    const hint = 'name it with --data, or start the server once: sotto server run'
    throw new ServerError('not_found', `there is no server in ${folder}`, hint)
  }
  const socket = socketOf(folder)
  if (socket !== undefined) {
    const answer = await overSocket(socket, name, args)
    if (answer !== undefined) return answer as AdminResult<N>
  }
  return inFolder(folder, name, args)
}

function socketOf(folder: string): string | undefined {
  try {
    const said: unknown = JSON.parse(readFileSync(join(folder, ADMIN_FILE), 'utf8'))
    const { socket } = said as { readonly socket?: unknown }
    return typeof socket === 'string' ? socket : undefined
  } catch {
    return undefined
  }
}

/** Undefined where nobody listens. */
async function overSocket(socketPath: string, name: string, args: object): Promise<unknown> {
  return new Promise((done, failed) => {
    const path = `${ADMIN_PATH}${name}`
    const asked = request({ socketPath, path, method: 'POST' }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        const value = JSON.parse(text) as { code: ServerErrorCode; message: string }
        if (response.statusCode === 200) done(value)
        else failed(new ServerError(value.code, value.message))
      })
    })
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') done(undefined)
      else failed(new ServerError('failed', `the server did not answer (${error.code})`))
    })
    asked.end(JSON.stringify(args))
  })
}

async function inFolder<N extends AdminCallName>(
  folder: string,
  name: N,
  args: AdminArgs<N>,
): Promise<AdminResult<N>> {
  const unlock = lockFolder(folder)
  try {
    const env = systemEnv
    const storage = await openSqlite({ path: join(folder, DATABASE_FILE), now: env.now })
    try {
      const blobs = new DiskBlobs(join(folder, BLOBS_FOLDER))
      const directory = new Directory(storage.directory, env)
      return await adminHandlers({ directory, blobs, env })[name](args)
    } finally {
      await storage.close()
    }
  } finally {
    unlock()
  }
}
