// Files and programs for the screen: the picker, the editor, notifications, the speller, opening a
// file. Every program is started without a shell, and without our secrets in its environment.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClientError } from '../../client/api.ts'
import type { FileEntry, Machine, NotificationText } from '../../tui/host.ts'
import { splitWords } from '../exec.ts'
import type { World } from '../world.ts'
import { speller } from './speller.ts'

/** Listed at once; more is for a shell. */
const MAX_ENTRIES = 5_000
const PRIVATE_FILE = 0o600

interface MachineOptions {
  readonly world: World
  readonly notifyCommand: string | undefined
}

export function machineOf({ world, notifyCommand }: MachineOptions): Machine & { close(): void } {
  const home = world.env.HOME ?? homedir()
  const scratch: string[] = []
  const spell = speller(world)
  return {
    folders: {
      home,
      here: world.cwd,
      downloads: world.env.XDG_DOWNLOAD_DIR ?? downloadsIn(home, world.cwd),
    },
    findFile: found,
    listFolder: listed,
    async writeScratch(name, text) {
      const folder = privateFolder(world)
      scratch.push(folder)
      return privateFile(folder, name, text)
    },
    editText: (text) => edited(world, text),
    openFile: (path) => started('xdg-open', [path], world),
    notify: (text) => notified(world, notifyCommand, text),
    misspelled: spell.misspelled,
    async readPicture(path, fit) {
      const { decodePicture } = await import('../../tui/images/decode.ts')
      return decodePicture(path, fit)
    },
    close() {
      spell.close()
      for (const folder of scratch) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function downloadsIn(home: string, cwd: string): string {
  const folder = join(home, 'Downloads')
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? folder : cwd
}

async function listed(folder: string): Promise<readonly FileEntry[]> {
  const names = (await readdir(folder, { withFileTypes: true }).catch(unreadable)).slice(
    0,
    MAX_ENTRIES,
  )
  const entries = await Promise.all(
    names.map(async (entry): Promise<FileEntry | undefined> => {
      // A link counts as what it leads to; what leads nowhere, or is no file, cannot be sent.
      const found = await stat(join(folder, entry.name)).catch(() => undefined)
      if (found === undefined || (!found.isFile() && !found.isDirectory())) return undefined
      return { name: entry.name, kind: found.isDirectory() ? 'folder' : 'file', size: found.size }
    }),
  )
  return entries.filter((entry) => entry !== undefined)
}

async function found(path: string): Promise<void> {
  const entry = await stat(path).catch(() => undefined)
  if (entry?.isFile() === true) return
  const what = entry?.isDirectory() === true ? 'is a folder' : 'is not there'
  throw new ClientError('file', `${path} ${what}.`, { hint: '/file alone chooses one' })
}

function unreadable(): never {
  throw new ClientError('file', 'This folder cannot be read.')
}

/** In memory where the system has such a place: what is written here is plaintext. */
function privateFolder({ env }: World): string {
  const places = [env.XDG_RUNTIME_DIR, '/dev/shm', tmpdir()].filter((place) => place !== undefined)
  const folder = firstOf(places, (place) => mkdtempSync(join(place, 'sotto-')))
  chmodSync(folder, 0o700)
  return folder
}

function firstOf<T>(places: readonly string[], make: (place: string) => T): T {
  for (const place of places.slice(0, -1)) {
    try {
      return make(place)
    } catch {
      // The next one, then.
    }
  }
  return make(places.at(-1) ?? tmpdir())
}

function privateFile(folder: string, name: string, text: string): string {
  const path = join(folder, name.replace(/[^A-Za-z0-9._-]/g, '_'))
  writeFileSync(path, text, { mode: PRIVATE_FILE, flag: 'wx' })
  return path
}

/** `$VISUAL`, `$EDITOR`, or vi, on a file that only its owner can read and that is gone afterwards. */
async function edited(world: World, text: string): Promise<string | undefined> {
  const command = world.env.VISUAL ?? world.env.EDITOR ?? 'vi'
  const [program = 'vi', ...args] = splitWords(command)
  const folder = privateFolder(world)
  const path = privateFile(folder, `message-${randomBytes(4).toString('hex')}.md`, text)
  try {
    await ran(spawn(program, [...args, path], { env: withoutSecrets(world), stdio: 'inherit' }))
    const after = readFileSync(path, 'utf8')
    return after.trimEnd() === text.trimEnd() ? undefined : after
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const ran = (child: ChildProcess): Promise<void> =>
  new Promise((done, fail) => {
    child.once('error', () =>
      fail(new ClientError('file', 'The editor could not be started.', { hint: 'set $EDITOR' })),
    )
    child.once('exit', (code) =>
      code === 0
        ? done()
        : fail(new ClientError('file', 'The editor failed; nothing was changed.')),
    )
  })

function started(program: string, args: readonly string[], world: World): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      env: withoutSecrets(world),
      detached: true,
      stdio: 'ignore',
    })
    child.once('error', () =>
      fail(new ClientError('file', `There is no ${program} on this machine.`)),
    )
    child.once('spawn', () => {
      child.unref()
      done()
    })
  })
}

/** `notify-send` where there is a desktop: what it says stands in the list of processes, so it says
 *  nothing but that something came. The hook gets the text, as JSON on its stdin. */
function notified(world: World, command: string | undefined, text: NotificationText): void {
  const quiet = { env: withoutSecrets(world), stdio: 'pipe' } as const
  if (world.env.DISPLAY !== undefined || world.env.WAYLAND_DISPLAY !== undefined) {
    spawn('notify-send', ['--app-name=sotto', 'sotto', 'A new message.'], quiet).on(
      'error',
      () => {},
    )
  }
  const [program, ...args] = command === undefined ? [] : splitWords(command)
  if (program === undefined) return
  const child = spawn(program, args, quiet)
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.stdin.end(`${JSON.stringify(text)}\n`)
}

function withoutSecrets({ env }: World): NodeJS.ProcessEnv {
  const { SOTTO_PASSPHRASE: _secret, ...rest } = env
  return rest
}
