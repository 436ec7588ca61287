// The server in the foreground. Its log is on stderr; what clients need to know is the result.

import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { telling } from './failure.ts'
import { pathOf, serverOptions } from './options.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { out, signal } = context
  const { runServer } = await import('../../../server/main.ts')
  const server = await telling(async () =>
    runServer({ ...serverOptions(context, input), ...pathOf(context, input, 'config') }),
  )
  const { url, adminUrl, fingerprint, firstInvite } = server
  out.result(
    {
      v: 1,
      type: 'server',
      url,
      admin_url: adminUrl,
      fingerprint: fingerprint ?? null,
      invite: firstInvite ?? null,
    },
    [
      safe`listening on ${safeText(url)}`,
      safe`operator’s listener on ${safeText(adminUrl)}`,
      ...inviteLines(url, firstInvite),
    ],
  )
  try {
    await new Promise<void>((stop) => {
      if (signal.aborted) stop()
      else signal.addEventListener('abort', () => stop(), { once: true })
    })
  } finally {
    await server.close()
  }
}

const inviteLines = (url: string, invite: string | undefined): readonly SafeText[] =>
  invite === undefined
    ? []
    : [
        safe`first invite ${safeText(invite)} (whoever takes it is the operator):`,
        safe`  sotto register NAME --server ${safeText(url)} --invite ${safeText(invite)}`,
      ]
