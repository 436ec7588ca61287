// Looks at everything that can be wrong with a profile, says how to mend it, and mends what can be
// mended without asking.

import { chmodSync, existsSync, lstatSync, readdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { equalPublic } from '../../protocol/bytes.ts'
import { LOW_ONE_TIME_PREKEYS, MAX_CLOCK_SKEW_MS } from '../../protocol/limits.ts'
import type { CheckJson } from '../api.ts'
import { spanOf } from '../clock-fault.ts'
import { toClientError } from '../errors.ts'
import { checkVersions, decoded } from '../http-answer.ts'
import { type MethodsOf, ownRow, type Profile } from '../profile.ts'

type Check = Omit<CheckJson, 'v' | 'type' | 'name'>

/** Room for a day of messages and a database that is written anew. */
const LOW_DISK_BYTES = 100 * 1024 * 1024
const LOGIN_TIMEOUT_MS = 10_000
const UPLOAD_TIMEOUT_MS = 10_000
/** A server that owes entries hands over the next of them sooner than this. */
const MAILBOX_STALL_MS = 2_000
const LASTING = ['curve-signed', 'kem-last-resort'] as const

const good = (detail: string): Check => ({ ok: true, detail, mend: null })
const bad = (detail: string, mend: string | null): Check => ({ ok: false, detail, mend })

export const doctorMethods: MethodsOf<'doctor'> = {
  doctor: async (profile, { mend }, signal) => {
    const mending = mend === true
    const checks: CheckJson[] = []
    const note = (name: string, check: Check): void => {
      checks.push({ v: 1, type: 'check', name, ...check })
    }
    note('keychain', good(`${profile.keychain}; the secrets open`))
    note('generation', await generation(profile, mending))
    note('database', database(profile))
    note('permissions', permissions(profile, mending))
    note('disk', disk(profile))
    for (const [name, check] of await server(profile, signal)) note(name, check)
    note('prekeys', await prekeys(profile, signal))
    return { checks }
  },
}

async function generation(profile: Profile, mending: boolean): Promise<Check> {
  const { condition } = profile
  if (condition.kind === 'sound') return good(`${profile.secrets.generation}`)
  if (!mending) return bad(condition.why.message, 'sotto doctor --mend')
  await profile.mend()
  return good('mended: all sessions and prekeys are new')
}

function database({ store }: Profile): Check {
  const faults = store.integrity()
  return faults.length === 0
    ? good('every page is authentic')
    : bad(`${faults.length} faults`, 'put a copy of the profile’s folder back')
}

/** Everything in the profile's folder, and the folder itself, is its owner's alone. */
function permissions({ paths }: Profile, mending: boolean): Check {
  const open = [paths.folder, ...readdirSync(paths.folder).map((name) => join(paths.folder, name))]
    .map((path) => ({ path, found: lstatSync(path, { throwIfNoEntry: false }) }))
    .filter(({ found }) => found !== undefined && (found.mode & 0o077) !== 0)
  if (open.length === 0) return good('0700 and 0600')
  if (!mending) return bad(`${open.length} open to others`, 'sotto doctor --mend')
  for (const { path, found } of open) {
    if (!found?.isSymbolicLink()) chmodSync(path, found?.isDirectory() ? 0o700 : 0o600)
  }
  return good(`mended: ${open.length} were open to others`)
}

function disk({ paths }: Profile): Check {
  if (!existsSync(paths.folder)) return bad('the profile’s folder is gone', null)
  const { bavail, bsize } = statfsSync(paths.folder)
  const free = bavail * bsize
  const shown = `${Math.floor(free / 1024 / 1024)} MiB free`
  return free >= LOW_DISK_BYTES ? good(shown) : bad(shown, 'make room on this disk')
}

/** A mended profile publishes new ones as soon as it is connected. */
async function prekeys(profile: Profile, signal: AbortSignal): Promise<Check> {
  const { link } = profile
  const wait = { until: Date.now() + UPLOAD_TIMEOUT_MS, signals: [signal, profile.leaving] }
  const release = link.want()
  try {
    if (link.open) await link.when(() => (published(profile) ? true : undefined), wait)
  } catch {
    // Told below as what is.
  } finally {
    release()
  }
  const left = profile.store.prekeys('curve-one-time').length
  return published(profile)
    ? good(`${left} one-time keys here`)
    : bad('not published yet', 'they go out with the next connection')
}

const published = ({ store }: Profile): boolean =>
  LASTING.every((kind) => store.prekeys(kind).some((row) => row.uploaded))

type Named = readonly [name: string, check: Check]

async function server(profile: Profile, signal: AbortSignal): Promise<readonly Named[]> {
  if (!profile.online) return []
  try {
    const http = await profile.http()
    const answer = await http.call('server', { signal })
    checkVersions(answer.versions)
    const skew = profile.env.now() - answer.time
    return [
      ['server', good(`reachable; protocol ${answer.versions.join(', ')}`)],
      ['server key', serverKey(profile, decoded(answer.key))],
      ['clock', clock(skew)],
      ['login', await login(profile, signal)],
      ['mailbox', await mailbox(profile, signal)],
    ]
  } catch (error) {
    const { message, hint } = toClientError(error)
    return [['server', bad(message, hint ?? 'check the network and the server’s address')]]
  }
}

function serverKey(profile: Profile, key: Uint8Array): Check {
  return equalPublic(key, ownRow(profile).serverKey)
    ? good('the pinned one')
    : bad('not the pinned one', 'somebody may stand in between; ask the server’s operator')
}

function clock(skew: number): Check {
  const span = spanOf(Math.abs(skew))
  return Math.abs(skew) <= MAX_CLOCK_SKEW_MS
    ? good(`${span} from the server’s`)
    : bad(`${span} ${skew > 0 ? 'ahead of' : 'behind'} the server’s`, 'set this machine’s clock')
}

async function login(profile: Profile, signal: AbortSignal): Promise<Check> {
  const { link } = profile
  // It keeps away from the server until it is mended.
  if (profile.condition.kind === 'stopped') return bad('not tried', 'sotto doctor --mend')
  const release = link.want()
  try {
    const until = Date.now() + LOGIN_TIMEOUT_MS
    const signals = [signal, profile.leaving]
    const state = await link.when(
      () => {
        if (link.trouble !== undefined && link.state.kind !== 'stopped') throw link.trouble
        return link.open || link.state.kind === 'stopped' ? link.state : undefined
      },
      { until, signals },
    )
    if (state.kind !== 'open') return bad('refused', 'sotto doctor --mend')
    const left = Math.min(state.welcome.curvePrekeys, state.welcome.kemPrekeys)
    const few = left < LOW_ONE_TIME_PREKEYS ? '; more are on their way' : ''
    return good(`accepted; ${left} one-time prekeys on the server${few}`)
  } catch (error) {
    return bad(toClientError(error).message, 'check the network and the server’s address')
  } finally {
    release()
  }
}

/** What the server says that it has for us must come. */
async function mailbox(profile: Profile, signal: AbortSignal): Promise<Check> {
  const { link } = profile
  const release = link.want()
  try {
    while (link.open && !link.caughtUp) {
      const { owed } = link
      const until = Date.now() + MAILBOX_STALL_MS
      const isMoving = (): boolean => !link.open || link.caughtUp || link.owed !== owed
      const signals = [signal, profile.leaving]
      await link.when(() => (isMoving() ? true : undefined), { until, signals })
    }
  } catch {
    // Told below as what is.
  } finally {
    release()
  }
  if (!link.open) return bad('not connected', null)
  return link.owed === 0
    ? good('all that waited is here')
    : bad(`the server keeps ${link.owed} back`, 'ask the server’s operator')
}
