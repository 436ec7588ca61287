// The façade that every face uses: commands, the screen, RPC, bots. Plain JSON values in and out,
// so that a call works alike in the process that holds the profile and through its control
// socket. A method's name is the command's (`msg.edit`), its parameters the command's long
// options in camelCase. What stands here is the contract of docs/scripting.md.

export interface ChatJson {
  readonly id: string
  readonly kind: 'direct' | 'group' | 'self'
  readonly name: string
}

export interface SenderJson {
  readonly name: string
  readonly device: string
  readonly verified: boolean
}

export interface AttachmentJson {
  readonly id: string
  readonly name: string
  readonly mime: string
  readonly size: number
  readonly path: string | null
}

export interface MessageJson {
  readonly v: 1
  readonly type: 'message'
  readonly id: string
  /** Present where the message came as an event or from a listing that pages by it. */
  readonly cursor: string
  readonly account: string
  readonly chat: ChatJson
  readonly from: SenderJson
  readonly direction: 'in' | 'out'
  readonly sent_at: string
  readonly received_at: string
  readonly status: string
  readonly kind: string
  readonly body: string
  readonly mentions: readonly string[]
  readonly reply_to: string | null
  readonly edited_at: string | null
  readonly expires_at: string | null
  readonly attachments: readonly AttachmentJson[]
  readonly reactions: readonly { readonly emoji: string; readonly from: string }[]
  /** A message from somebody who is not a contact yet. */
  readonly request?: boolean
  readonly pinned?: boolean
  /** The sender asked for no notification. */
  readonly silent?: boolean
  readonly due_at?: string
}

/** Everything else that `receive` and notifications carry. Keys beyond these vary by type. */
export interface EventJson {
  readonly v: 1
  readonly type: string
  readonly cursor?: string
  readonly account?: string
  readonly [key: string]: unknown
}

export interface ErrorJson {
  readonly v: 1
  readonly type: 'error'
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly retry_after: string | null
}

export interface AccountJson {
  readonly v: 1
  readonly type: 'account'
  readonly id: string
  readonly name: string
  readonly server: string
  readonly device: { readonly id: string; readonly name: string }
  readonly keychain: 'os' | 'file'
  readonly profile: string
  readonly created_at: string
  readonly connected: boolean
  readonly outbox: number
}

export interface ContactJson {
  readonly v: 1
  readonly type: 'contact'
  readonly id: string
  readonly name: string
  readonly alias: string | null
  readonly trust: 'unknown' | 'unverified' | 'verified' | 'changed'
  readonly relation: 'none' | 'outgoing' | 'incoming' | 'accepted' | 'blocked'
  readonly added_at: string
}

export interface ChatListJson {
  readonly v: 1
  readonly type: 'chat'
  readonly id: string
  readonly kind: 'direct' | 'group' | 'self'
  readonly name: string
  readonly unread: number
  readonly muted_until: string | null
  readonly archived: boolean
  readonly pinned: boolean
  readonly expire_after: number | null
  readonly request: boolean
  readonly last: MessageJson | null
}

export interface VerificationJson {
  readonly v: 1
  readonly type: 'verification'
  readonly name: string
  readonly trust: ContactJson['trust']
  /** 60 digits in twelve groups of five. */
  readonly digits: string
  readonly words: readonly string[]
  /** What the QR code carries. */
  readonly qr: string
}

export interface CheckJson {
  readonly v: 1
  readonly type: 'check'
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  readonly mend: string | null
}

/** One recipient of one `send`: the message, or why not. */
export interface SendResult {
  readonly to: string
  readonly message?: MessageJson
  readonly error?: ErrorJson
  /** `--wait` ran out of time before the wanted status: exit code 8. */
  readonly timedOut?: boolean
}

export type WaitFor = 'queued' | 'stored' | 'delivered' | 'read'

export interface SendParams {
  readonly to: readonly string[]
  readonly text?: string
  /** Absolute paths. */
  readonly files?: readonly string[]
  readonly reply?: string
  /** Milliseconds. */
  readonly expire?: number
  /** RFC 3339. */
  readonly at?: string
  readonly silent?: boolean
  /** A face that gives none makes a random one, so that a call repeated after the holder of the
   *  profile died is still one message. */
  readonly idempotencyKey: string
  readonly wait?: WaitFor
  readonly timeout?: number
}

export interface ReceiveParams {
  readonly in?: readonly string[]
  readonly types?: readonly string[]
  /** A cursor or an RFC 3339 time. */
  readonly since?: string
  /** An RFC 3339 time: only what came before it. */
  readonly until?: string
  readonly limit?: number
  readonly consumer?: string
  readonly ack?: 'auto' | 'manual'
  /** Wait up to this many milliseconds for the first event when none waits. */
  readonly timeout?: number
  /** Where attachments of what comes are saved. Absolute. */
  readonly download?: string
}

export interface Received {
  readonly events: readonly (MessageJson | EventJson)[]
  /** Where to go on; what `ack` takes. */
  readonly cursor: string
  readonly more: boolean
}

interface HistoryParams {
  readonly chat: string
  /** Only these: what was pinned in it, or what waits for its time. */
  readonly only?: 'pinned' | 'scheduled'
  readonly before?: string
  readonly after?: string
  readonly since?: string
  readonly limit?: number
}

interface SearchParams {
  readonly query: string
  readonly in?: string
  readonly from?: string
  readonly since?: string
  readonly limit?: number
}

type Ok = Readonly<Record<string, never>>

/** name → [parameters, result] */
interface Methods {
  whoami: [Ok, AccountJson]
  'account.show': [Ok, AccountJson]
  'account.delete': [{ readonly confirm: string }, Ok]
  'account.recoveryKey': [Ok, { readonly key: string }]
  'contact.list': [Ok, { readonly contacts: readonly ContactJson[] }]
  'contact.add': [{ readonly name: string; readonly text?: string }, ContactJson]
  'contact.accept': [{ readonly name: string }, ContactJson]
  'contact.block': [{ readonly name: string }, ContactJson]
  'contact.unblock': [{ readonly name: string }, ContactJson]
  'contact.remove': [{ readonly name: string }, Ok]
  'contact.alias': [{ readonly name: string; readonly alias: string | null }, ContactJson]
  verify: [
    {
      readonly name: string
      readonly check?: string
      readonly yes?: boolean
      readonly acceptChange?: boolean
    },
    VerificationJson,
  ]
  send: [SendParams, { readonly results: readonly SendResult[] }]
  receive: [ReceiveParams, Received]
  /** With the filter of the `receive` that gave the cursor: of its place, where it had no name. */
  ack: [
    {
      readonly cursor: string
      readonly consumer?: string
      readonly in?: readonly string[]
      readonly types?: readonly string[]
    },
    Ok,
  ]
  chats: [{ readonly archived?: boolean }, { readonly chats: readonly ChatListJson[] }]
  'chat.show': [{ readonly chat: string }, ChatListJson]
  'chat.mute': [
    { readonly chat: string; readonly for?: number; readonly off?: boolean },
    ChatListJson,
  ]
  'chat.archive': [{ readonly chat: string; readonly off?: boolean }, ChatListJson]
  'chat.pin': [{ readonly chat: string; readonly off?: boolean }, ChatListJson]
  'chat.delete': [{ readonly chat: string }, Ok]
  'chat.expire': [{ readonly chat: string; readonly after: number | null }, ChatListJson]
  'chat.read': [{ readonly chat: string }, ChatListJson]
  history: [HistoryParams, { readonly messages: readonly MessageJson[]; readonly more: boolean }]
  /** Into a file that is not there yet; absolute. */
  export: [
    { readonly chat: string; readonly format: 'jsonl' | 'md' | 'html'; readonly output: string },
    { readonly path: string; readonly messages: number },
  ]
  /** What a screen keeps for its next start, such as drafts: as secret as the history. */
  'screen.load': [Ok, { readonly state: string | null }]
  'screen.keep': [{ readonly state: string }, Ok]
  search: [SearchParams, { readonly messages: readonly MessageJson[]; readonly more: boolean }]
  'msg.show': [{ readonly id: string }, MessageJson]
  'msg.edit': [{ readonly id: string; readonly text: string }, MessageJson]
  'msg.delete': [{ readonly id: string; readonly forEveryone?: boolean }, MessageJson]
  'msg.react': [{ readonly id: string; readonly emoji: string }, MessageJson]
  'msg.unreact': [{ readonly id: string; readonly emoji: string }, MessageJson]
  'msg.pin': [{ readonly id: string }, MessageJson]
  'msg.unpin': [{ readonly id: string }, MessageJson]
  'msg.forward': [
    { readonly id: string; readonly to: string; readonly idempotencyKey: string },
    { readonly results: readonly SendResult[] },
  ]
  /** `output`: an absolute file or folder. Progress comes as `progress` events. */
  download: [{ readonly id: string; readonly output: string }, { readonly path: string }]
  doctor: [{ readonly mend?: boolean }, { readonly checks: readonly CheckJson[] }]
  status: [
    Ok,
    {
      readonly pid: number
      readonly connected: boolean
      readonly outbox: number
      readonly since: string
      readonly clients: number
      readonly daemon: boolean
    },
  ]
  /** Ask a holding daemon to leave. */
  stop: [Ok, Ok]
}

export type MethodName = keyof Methods
export type Params<M extends MethodName> = Methods[M][0]
export type Result<M extends MethodName> = Methods[M][1]

export interface Client {
  call<M extends MethodName>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Result<M>>
  /** Live notifications (not durable: `receive` is). Returns the unsubscribe function. */
  subscribe(listener: (event: MessageJson | EventJson) => void): () => void
  close(): Promise<void>
}

/** The stable codes of failures, with the exit code of each; sentences and hints: errors.ts. */
export const FAILURES = {
  bug: 1,
  usage: 2,
  bad_input: 2,
  network: 3,
  server: 3,
  storage: 3,
  file: 3,
  clock: 3,
  untrusted_identity: 4,
  rate_limited: 5,
  no_profile: 6,
  keychain_missing: 6,
  keychain_locked: 6,
  keychain_lost: 6,
  keychain_corrupt: 6,
  passphrase_needed: 6,
  passphrase_wrong: 6,
  profile_rolled_back: 6,
  device_removed: 6,
  not_allowed: 6,
  disabled: 6,
  blocked: 6,
  exists: 6,
  quota: 3,
  partial: 7,
  timeout: 8,
  queued: 8,
  not_found: 9,
  ambiguous: 9,
} as const satisfies Record<string, number>

export type FailureCode = keyof typeof FAILURES

/** The one error that leaves the façade. `detail` never holds a secret or a message's text. */
export class ClientError extends Error {
  readonly code: FailureCode
  readonly hint: string | undefined
  readonly retryAfter: number | undefined
  /** With `ambiguous`: the candidates. */
  readonly candidates: readonly string[]

  constructor(
    code: FailureCode,
    message: string,
    more: {
      readonly hint?: string
      readonly retryAfter?: number
      readonly candidates?: readonly string[]
    } = {},
  ) {
    super(message)
    this.name = 'ClientError'
    this.code = code
    this.hint = more.hint
    this.retryAfter = more.retryAfter
    this.candidates = more.candidates ?? []
  }
}
