// Brings the screen what it needs of the world, and runs it.

import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { ClientError } from '../../client/api.ts'
import { profilePaths } from '../../client/paths.ts'
import type { Door, ScreenHost } from '../../tui/host.ts'
import { changeConfig } from '../config/file.ts'
import type { Context } from '../context.ts'
import { configPath, readConfig } from '../globals.ts'
import { keepHeapSmall } from '../heap.ts'
import { HUNG_UP } from '../output.ts'
import { foundingOf } from './founding.ts'
import { machineOf } from './machine.ts'
import { ownColours, SCREEN_SETTINGS, screenSettings } from './settings.ts'

/** `door`: how one comes in, where it is not by this profile. */
export async function openScreen(
  context: Context,
  chat: string | undefined,
  door?: Door,
): Promise<number | undefined> {
  const { globals, signal, world } = context
  refuseWithoutScreen(context)
  const { DEFAULT_SETTINGS } = await import('../../tui/settings.ts')
  const config = door === undefined ? await readConfig(configPath(globals)) : {}
  const settings = screenSettings(config, DEFAULT_SETTINGS)
  const machine = machineOf({ world, notifyCommand: settings.notifyCommand })
  const host: ScreenHost = {
    env: colourless(context),
    profile: globals.profile,
    settings,
    ownTheme: ownColours(config),
    door: door ?? doorOf(context, chat),
    founding: foundingOf(context),
    machine,
    now: world.now,
    newKey: randomUUID,
    async saveSetting(name, value) {
      const key = SCREEN_SETTINGS.find((one) => one.name === name)?.key
      if (key !== undefined && door === undefined)
        await changeConfig(configPath(globals), key, value)
    },
    async unlock(passphrase) {
      const { proveOwner } = await import('../../client/first-run.ts')
      const { profile, home } = globals
      await proveOwner({
        profile,
        serve: false,
        ...(home === undefined ? {} : { home }),
        ...(passphrase === undefined ? {} : { passphrase: { ask: async () => passphrase } }),
      })
    },
  }
  const { runScreen } = await import('../../tui/run.tsx')
  // Node prints them on stderr, and that is the screen.
  process.removeAllListeners('warning')
  const letHeapGrow = keepHeapSmall()
  try {
    const end = await runScreen(host, { stdin: world.stdin, stdout: world.stdout, signal })
    return end === 'hungUp' ? HUNG_UP : undefined
  } finally {
    letHeapGrow()
    machine.close()
  }
}

/** A profile that is there, or the first run of one. */
function doorOf(context: Context, chat: string | undefined): Door {
  const { globals } = context
  const open = (ask: (fresh: boolean) => Promise<string>) => context.client({ serve: true, ask })
  const exists = existsSync(profilePaths(globals.home, globals.profile).marker)
  return exists ? { kind: 'profile', chat, open } : { kind: 'new', open }
}

function refuseWithoutScreen({ out, world }: Context): void {
  const hint = 'sotto send, sotto receive --follow and sotto history need none'
  if (!out.terminal || world.stdin.isTTY !== true) {
    throw new ClientError('usage', 'The screen needs a terminal.', { hint })
  }
  if (world.env.TERM === 'dumb') {
    throw new ClientError('usage', 'This terminal (TERM=dumb) cannot show a screen.', { hint })
  }
}

const colourless = ({ globals, world }: Context): ScreenHost['env'] =>
  globals.colour === false ? { ...world.env, NO_COLOR: '1', FORCE_COLOR: undefined } : world.env
