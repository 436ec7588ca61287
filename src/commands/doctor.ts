// Checks what can be checked without the profile, then asks the profile for the rest. Whatever is
// wrong comes with the way to mend it, and a profile that does not open is a finding, not the end.

import { existsSync, statSync } from 'node:fs'
import type { CheckJson, ClientError } from '../client/api.ts'
import { toClientError } from '../client/errors.ts'
import { profilePaths } from '../client/paths.ts'
import { type SafeText, safe, safeText } from '../protocol/safe-text.ts'
import type { Context } from './context.ts'
import type { Input } from './input.ts'
import { exitCodeOf } from './output.ts'
import type { Style } from './style.ts'

/** Newest runtimes first: what is older than this is past its support. */
const RECOMMENDED_NODE = 24
const OTHERS = 0o077
/** Something has to be done, and it is no bug: as for a server or a disk that failed. */
const UNSOUND = 3

export async function run(context: Context, input: Input): Promise<number> {
  const { out } = context
  const print = (check: CheckJson): void => out.result(check, checkLine(check, out.style))
  const local = [runtime(), folder(context)]
  for (const check of local) print(check)
  try {
    const { checks } = await context.call('doctor', input.flag('mend') ? { mend: true } : {})
    for (const check of checks) print(check)
    return [...local, ...checks].every(({ ok }) => ok) ? 0 : UNSOUND
  } catch (error) {
    const failure = toClientError(error)
    print(profile(failure))
    return exitCodeOf(failure)
  }
}

function runtime(): CheckJson {
  const major = Number(process.versions.node.split('.')[0])
  const old = major < RECOMMENDED_NODE
  return {
    ...named('runtime'),
    ok: true,
    detail: `Node ${process.versions.node}`,
    mend: old ? `it works; Node ${RECOMMENDED_NODE} is faster and supported longer` : null,
  }
}

function folder({ globals }: Context): CheckJson {
  const { folder: path } = profilePaths(globals.home, globals.profile)
  if (!existsSync(path)) {
    return {
      ...named('folder'),
      ok: false,
      detail: `${path} is not there`,
      mend: 'sotto register NAME --server URL',
    }
  }
  const open = (statSync(path).mode & OTHERS) !== 0
  return {
    ...named('folder'),
    ok: !open,
    detail: open ? `others can look into ${path}` : path,
    mend: open ? `chmod 700 ${path}` : null,
  }
}

const profile = (failure: ClientError): CheckJson => ({
  ...named('profile'),
  ok: false,
  detail: failure.message,
  mend: failure.hint ?? null,
})

const named = (name: string): Pick<CheckJson, 'v' | 'type' | 'name'> => ({
  v: 1,
  type: 'check',
  name,
})

function checkLine({ name, ok, detail, mend }: CheckJson, style: Style): SafeText {
  const mark = ok ? style.good(safe`ok  `) : style.bad(safe`BAD `)
  const mended = mend === null ? safe`` : safe` → ${safeText(mend)}`
  return safe`${mark} ${safeText(name)}: ${safeText(detail)}${mended}`
}
