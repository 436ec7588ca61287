// Version negotiation: the client offers what it speaks, the server takes the highest that both do.

import { ProtocolError } from './errors.ts'

/** Wire versions this build speaks, ascending. */
export const WIRE_VERSIONS: readonly number[] = [1]

export function chooseVersion(offered: readonly number[], spoken = WIRE_VERSIONS): number {
  const common = offered.filter((version) => spoken.includes(version))
  if (common.length === 0) {
    throw new ProtocolError('no_common_version', 'remote', `offered ${offered.join(',')}`)
  }
  return Math.max(...common)
}
