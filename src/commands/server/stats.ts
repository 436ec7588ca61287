import { bytesOf } from '../../client/shown.ts'
import { safe } from '../../protocol/safe-text.ts'
import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { telling } from './failure.ts'
import { pathOf } from './options.ts'

export async function run(context: Context, input: Input): Promise<undefined> {
  const { adminCall } = await import('../../../server/admin-client.ts')
  const { data } = pathOf(context, input, 'data')
  const stats = await telling(() => adminCall(data, 'stats', {}))
  const { accounts, devices, invites, blobs, blobBytes, restored } = stats
  context.out.result(
    { v: 1, type: 'stats', accounts, devices, invites, blobs, blob_bytes: blobBytes, restored },
    [
      safe`accounts  ${accounts}`,
      safe`devices   ${devices}`,
      safe`invites   ${invites}`,
      safe`files     ${blobs}, ${bytesOf(blobBytes)}`,
      safe`restored  ${restored} times`,
    ],
  )
}
