// The login of a stream. What is signed binds this server, this connection's nonce, the time, the
// device and its opening: an answer is worth nothing on any other connection or server (N5).

import type { ByeCode, ServerFrame } from '../../src/protocol/frames.ts'
import { MAX_CLOCK_SKEW_MS } from '../../src/protocol/limits.ts'
import { streamProof } from '../../src/protocol/proof.ts'
import { chooseVersion, WIRE_VERSIONS } from '../../src/protocol/version.ts'
import type { HelloFrame } from './session.ts'

interface Challenge {
  readonly server: Uint8Array
  readonly nonce: Uint8Array
  readonly now: number
}

/** The device as the directory has it. */
interface KnownDevice {
  readonly account: string
  readonly signingKey: Uint8Array
}

type Verify = (signingKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

type Verdict = { readonly kind: 'proven'; readonly version: number } | Denied
interface Denied {
  readonly kind: 'denied'
  readonly code: ByeCode
}

export const challengeFrame = ({ server, nonce, now }: Challenge): ServerFrame => ({
  kind: 'challenge',
  versions: WIRE_VERSIONS,
  server,
  nonce,
  time: now,
})

const denied = (code: ByeCode): Denied => ({ kind: 'denied', code })

/** Unknown device, wrong account, wrong signature and wrong time look alike from outside. */
export function judgeHello(
  challenge: Challenge,
  hello: HelloFrame,
  { device, verify }: { readonly device: KnownDevice | undefined; readonly verify: Verify },
): Verdict {
  if (hello.versions.length === 0) return denied('protocol')
  if (!hello.versions.some((version) => WIRE_VERSIONS.includes(version))) return denied('protocol')
  if (Math.abs(challenge.now - hello.time) > MAX_CLOCK_SKEW_MS) return denied('unauthorised')
  if (device === undefined || device.account !== hello.account) return denied('unauthorised')
  const message = streamProof({
    server: challenge.server,
    nonce: challenge.nonce,
    time: hello.time,
    account: hello.account,
    device: hello.device,
    generation: hello.generation,
    opening: hello.opening,
    version: Math.max(...hello.versions),
  })
  if (!verify(device.signingKey, message, hello.proof)) return denied('unauthorised')
  return { kind: 'proven', version: chooseVersion(hello.versions) }
}
