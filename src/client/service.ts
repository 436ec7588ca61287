// What an open profile offers to the faces, wherever they are: in this process or behind the
// control socket.

import type { EventJson, MessageJson } from './api.ts'

export type LiveEvent = MessageJson | EventJson

export interface Service {
  /** Fails with ClientError only. `name` is not trusted to be a method. */
  call(
    name: string,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<unknown>
  subscribe(listener: (event: LiveEvent) => void): () => void
  /** Waits in calls end now with `Leaving`; whoever waited asks the next holder. */
  leave(): void
  /** Everything under way is done; the profile is closed. */
  close(): Promise<void>
}

/** Why a waiting call ended: its holder leaves. Never seen by a face. */
export class Leaving extends Error {
  constructor() {
    super('the process that holds the profile is leaving')
    this.name = 'Leaving'
  }
}
