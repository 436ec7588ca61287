// The server in the foreground. Its log is on stderr; what clients need to know is the result.

import { ClientError } from '../../client/api.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import { keepHeapTidy } from '../heap.ts'
import type { Input } from '../input.ts'
import { stopped } from '../stopped.ts'
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
  const letHeapGrow = keepHeapTidy()
  try {
    await Promise.race([stopped(signal), server.lost.then(storageLost)])
  } finally {
    await server.close()
    letHeapGrow()
  }
}

/** Exit 3, so that a supervisor starts the server again: what was acknowledged is durable. */
function storageLost(): never {
  throw new ClientError('storage', 'The storage ended; nothing more can be kept.', {
    hint: 'start the server again; sotto server doctor',
  })
}

const inviteLines = (url: string, invite: string | undefined): readonly SafeText[] =>
  invite === undefined
    ? []
    : [
        safe`first invite ${safeText(invite)} (whoever takes it is the operator):`,
        safe`  sotto register NAME --server ${safeText(url)} --invite ${safeText(invite)}`,
      ]
