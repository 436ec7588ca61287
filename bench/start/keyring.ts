// A real Secret Service in a session of its own, as on a desktop; where there is none to start, the
// bench cannot say what a send takes there.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const INSIDE = 'SOTTO_BENCH_KEYRING'

/** Whether this process was started by `insideKeyring`: never in the keychain of who runs it. */
export const hasKeyring = (): boolean => process.env[INSIDE] === '1'

/** Runs `program` there, and answers with its exit code. */
export function insideKeyring(program: readonly string[]): number {
  const data = mkdtempSync(join(tmpdir(), 'bench-keyring-'))
  const script =
    'printf %s pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"'
  const { status, error } = spawnSync(
    'dbus-run-session',
    ['--', 'sh', '-c', script, 'sh', process.execPath, '--import', 'tsx', ...program],
    { env: { ...process.env, XDG_DATA_HOME: data, [INSIDE]: '1' }, stdio: 'inherit' },
  )
  rmSync(data, { recursive: true, force: true })
  if (error === undefined) return status ?? 1
  process.stderr.write('skipped: dbus-run-session and gnome-keyring-daemon are needed\n')
  return 0
}
