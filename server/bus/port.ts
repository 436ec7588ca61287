// Between nodes go hints, never truth: whatever is lost here is found by polling (log.ts) or was
// ephemeral. Nothing is promised about order or number.

import type { ByeCode } from '../../src/protocol/frames.ts'
import type { AccountId, DeviceId, LogId } from '../../src/protocol/ids.ts'

export type BusMessage =
  | { readonly kind: 'grown'; readonly log: LogId; readonly head: number }
  | SignalMessage
  | { readonly kind: 'disconnect'; readonly device: DeviceId; readonly code: ByeCode }
  | { readonly kind: 'unread'; readonly device: DeviceId; readonly log: LogId }
  | {
      readonly kind: 'prekeys'
      readonly device: DeviceId
      readonly curve: number
      readonly kem: number
    }
  | { readonly kind: 'devicesChanged'; readonly account: AccountId }

export interface SignalMessage {
  readonly kind: 'signal'
  readonly from: { readonly account: AccountId; readonly device: DeviceId }
  readonly to: AccountId
  readonly device: DeviceId | undefined
  readonly body: Uint8Array
}

export interface Bus {
  /** What the others publish comes to `listener`; one's own does not. */
  join(listener: (message: BusMessage) => void): Seat
}

export interface Seat {
  publish(message: BusMessage): void
  leave(): void
}
