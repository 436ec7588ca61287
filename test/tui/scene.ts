// What the façade would say, and a screen that it is said to: the reducer with its model, and what
// it wanted done. No client, no terminal, no clock.

import type {
  AccountJson,
  AttachmentJson,
  ChatListJson,
  ContactJson,
  EventJson,
  MessageJson,
} from '../../src/client/api.ts'
import type { Effect } from '../../src/tui/effect.ts'
import type { TuiEvent } from '../../src/tui/event.ts'
import { BLOCKS } from '../../src/tui/images/means.ts'
import type { InputEvent, KeyEvent } from '../../src/tui/input/event.ts'
import type { Main, Model, Overlay, Pane, Thread } from '../../src/tui/model.ts'
import type { Answer, Deed, Request } from '../../src/tui/request.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../src/tui/settings.ts'
import { themeOf } from '../../src/tui/theme/theme.ts'
import { composerOf } from '../../src/tui/update/composer.ts'
import { enterMain } from '../../src/tui/update/main.ts'
import { update } from '../../src/tui/update/update.ts'

/** A Wednesday, in whichever zone the test runs. */
export const NOW = new Date(2026, 10, 25, 12, 0, 0).getTime()
export const ago = (ms: number): string => new Date(NOW - ms).toISOString()
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const person = (name: string): MessageJson['from'] => ({ name, device: 'laptop', verified: false })

export const message = (id: string, more: Partial<MessageJson> = {}): MessageJson => ({
  v: 1,
  type: 'message',
  id,
  cursor: '1',
  account: 'ann',
  chat: { id: 'c-bob', kind: 'direct', name: 'bob' },
  from: person(more.direction === 'out' ? 'ann' : 'bob'),
  direction: 'in',
  sent_at: more.received_at ?? ago(HOUR),
  received_at: ago(HOUR),
  status: more.direction === 'out' ? 'stored' : 'received',
  kind: 'text',
  body: `words of ${id}`,
  mentions: [],
  reply_to: null,
  edited_at: null,
  expires_at: null,
  attachments: [],
  reactions: [],
  ...more,
})

export const inChat = (name: string): Pick<MessageJson, 'chat' | 'from'> => ({
  chat: { id: `c-${name}`, kind: 'direct', name },
  from: person(name),
})

export const file = (id: string, more: Partial<AttachmentJson> = {}): AttachmentJson => ({
  id,
  name: `${id}.pdf`,
  mime: 'application/pdf',
  size: 34_567,
  path: null,
  ...more,
})

export const chat = (name: string, more: Partial<ChatListJson> = {}): ChatListJson => ({
  v: 1,
  type: 'chat',
  id: `c-${name}`,
  kind: 'direct',
  name,
  unread: 0,
  muted_until: null,
  archived: false,
  pinned: false,
  expire_after: null,
  request: false,
  last: message(`last-${name}`, inChat(name)),
  ...more,
})

export const contact = (name: string, more: Partial<ContactJson> = {}): ContactJson => ({
  v: 1,
  type: 'contact',
  id: `a-${name}`,
  name,
  alias: null,
  trust: 'unverified',
  relation: 'accepted',
  added_at: ago(9 * DAY),
  ...more,
})

export const account = (more: Partial<AccountJson> = {}): AccountJson => ({
  v: 1,
  type: 'account',
  id: 'a-ann',
  name: 'ann',
  server: 'https://chat.example.org',
  device: { id: 'd-1', name: 'laptop' },
  keychain: 'file',
  profile: 'default',
  created_at: ago(30 * DAY),
  connected: true,
  outbox: 0,
  ...more,
})

export const theme = themeOf({ name: 'dark', depth: 'truecolor' })

export const emptyModel = (settings: Partial<Settings> = {}): Model => ({
  size: { columns: 100, rows: 30 },
  settings: { ...DEFAULT_SETTINGS, ...settings },
  theme,
  means: BLOCKS,
  focused: true,
  now: NOW,
  lastKeyAt: NOW,
  session: 'session',
  sends: 0,
  folders: { home: '/home/ann', here: '/home/ann', downloads: '/home/ann/Downloads' },
  filesFolder: '/home/ann',
  pending: [],
  toast: undefined,
  screen: { kind: 'opening', ask: undefined, failure: undefined },
})

/** So many messages a minute apart, both ways, the newest some minutes ago. */
export const talk = (count: number, name = 'bob', from = 0): readonly MessageJson[] =>
  Array.from({ length: count }, (_, index) => {
    const at = from + index
    const own = at % 3 === 2
    return message(`${name}-${at}`, {
      ...inChat(name),
      ...(own ? { direction: 'out' as const, from: person('ann') } : {}),
      received_at: new Date(NOW - DAY + at * MINUTE).toISOString(),
      body: `${name} ${at}`,
    })
  })

const NAMED: Readonly<Record<string, string>> = { space: ' ' }

/** As the parser makes it of what a terminal sends. */
export function keyEvent(name: string): KeyEvent {
  const key = NAMED[name] ?? name
  const parts = key.length === 1 ? [] : key.split('+').slice(0, -1)
  const typed = Array.from(key).length === 1
  return {
    kind: 'key',
    key,
    text: typed ? key : '',
    ctrl: parts.includes('ctrl'),
    alt: parts.includes('alt'),
    shift: parts.includes('shift'),
  }
}

/** A screen that is used: events go in, the model and what was wanted come out. */
export class Play {
  model: Model
  /** What was wanted since it was last looked at. */
  effects: Effect[] = []

  constructor(model: Model) {
    this.model = model
  }

  get main(): Main {
    const { screen } = this.model
    if (screen.kind !== 'main' && screen.kind !== 'locked') throw new Error(`it is ${screen.kind}`)
    return screen.main
  }

  get pane(): Pane {
    const pane = this.main.panes[this.main.pane]
    if (pane === undefined) throw new Error('there is no pane')
    return pane
  }

  get thread(): Thread {
    const thread = this.main.threads.get(this.pane.chat ?? '')
    if (thread === undefined) throw new Error('no conversation is open')
    return thread
  }

  get text(): string {
    return composerOf(this.main).editor.text
  }

  get top(): Overlay | undefined {
    return this.main.overlays.at(-1)
  }

  happen(event: TuiEvent): this {
    const step = update(this.model, event)
    this.model = step.model
    this.effects.push(...step.effects)
    return this
  }

  input(input: InputEvent): this {
    return this.happen({ kind: 'input', input, now: this.model.now })
  }

  /** Keys by their names. */
  press(...names: readonly string[]): this {
    for (const name of names) this.input(keyEvent(name))
    return this
  }

  type(text: string): this {
    for (const letter of Array.from(text)) this.input(keyEvent(letter))
    return this
  }

  paste(text: string): this {
    return this.input({ kind: 'paste', text })
  }

  resize(columns: number, rows: number): this {
    return this.input({ kind: 'resize', columns, rows })
  }

  focus(focused: boolean): this {
    return this.input({ kind: 'focus', focused })
  }

  told(event: MessageJson | EventJson): this {
    return this.happen({ kind: 'told', event, now: this.model.now })
  }

  answer(answer: Answer): this {
    return this.happen({
      kind: 'outcome',
      outcome: { kind: 'answered', answer },
      now: this.model.now,
    })
  }

  refuse(request: Request, said = 'It went wrong.'): this {
    const failure = { code: 'network', message: said as never, hint: undefined }
    return this.happen({
      kind: 'outcome',
      outcome: { kind: 'refused', request, failure },
      now: this.model.now,
    })
  }

  later(ms: number): this {
    this.model = { ...this.model, now: this.model.now + ms }
    return this
  }

  /** What was asked of the façade since the last look. */
  asked(): readonly Request[] {
    const asked = this.effects.flatMap((effect) => (effect.kind === 'ask' ? [effect.request] : []))
    this.effects = []
    return asked
  }

  deeds(): readonly Deed[] {
    return this.asked().flatMap((request) => (request.kind === 'do' ? [request.deed] : []))
  }

  kinds(): readonly string[] {
    const kinds = this.effects.map(({ kind }) => kind)
    this.effects = []
    return kinds
  }

  /** The end of a conversation arrives, as it was asked for. */
  read(name: string, messages: readonly MessageJson[], older = false): this {
    return this.answer({
      kind: 'history',
      chat: `c-${name}`,
      place: 'end',
      messages,
      older,
      newer: false,
    })
  }
}

interface Beginning {
  readonly settings?: Partial<Settings>
  readonly chats?: readonly ChatListJson[]
  readonly contacts?: readonly ContactJson[]
  readonly account?: AccountJson
  readonly open?: string
  readonly messages?: readonly MessageJson[]
  readonly older?: boolean
}

/** The main screen with what is read at the start, and perhaps a conversation that is open. */
export function play(begin: Beginning = {}): Play {
  const chats = begin.chats ?? [chat('bob'), chat('cleo'), chat('dan')]
  const contacts =
    begin.contacts ?? chats.filter(({ kind }) => kind === 'direct').map(({ name }) => contact(name))
  const made = new Play(enterMain(emptyModel(begin.settings), undefined).model)
  made
    .answer({ kind: 'account', account: begin.account ?? account() })
    .answer({ kind: 'chats', archived: false, chats })
    .answer({ kind: 'contacts', contacts })
    .answer({ kind: 'state', state: undefined })
  if (begin.open !== undefined) open(made, begin.open, begin.messages ?? talk(9, begin.open), begin)
  made.effects = []
  return made
}

export function open(
  made: Play,
  name: string,
  messages: readonly MessageJson[],
  { older = false }: { readonly older?: boolean } = {},
): Play {
  made.press('ctrl+t').type(name).press('enter')
  return made.read(name, messages, older)
}
