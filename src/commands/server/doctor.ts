import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { telling } from './failure.ts'
import { pathOf, serverOptions } from './options.ts'

export async function run(context: Context, input: Input): Promise<number> {
  const { out } = context
  const { doctorServer } = await import('../../../server/doctor.ts')
  const options = { ...serverOptions(context, input), ...pathOf(context, input, 'config') }
  const checks = await telling(() => doctorServer(options))
  for (const { name, ok, detail, mend } of checks) {
    const mark: SafeText = ok ? out.style.good(safe`ok  `) : out.style.bad(safe`BAD `)
    const mended = mend === '' ? safe`` : safe` → ${safeText(mend)}`
    out.result(
      { v: 1, type: 'check', name, ok, detail, mend: mend === '' ? null : mend },
      safe`${mark} ${safeText(name)}: ${safeText(detail)}${mended}`,
    )
  }
  return checks.every(({ ok }) => ok) ? 0 : UNSOUND
}

/** As for a server or a disk that failed: something has to be done, and it is no bug. */
const UNSOUND = 3
