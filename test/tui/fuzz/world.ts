// What happens to a screen, by chance: keys, pastes, the mouse, what is told, what is answered; all
// text of others is hostile.

import type { ChatListJson, EventJson, MessageJson } from '../../../src/client/api.ts'
import { safeText } from '../../../src/protocol/safe-text.ts'
import type { Effect } from '../../../src/tui/effect.ts'
import type { TuiEvent } from '../../../src/tui/event.ts'
import type { InputEvent } from '../../../src/tui/input/event.ts'
import { keymapOf } from '../../../src/tui/keymap.ts'
import type { Failure, Model } from '../../../src/tui/model.ts'
import type { Answer, Request } from '../../../src/tui/request.ts'
import { THEME_NAMES, themeOf } from '../../../src/tui/theme/theme.ts'
import { HOSTILE_TEXTS } from '../../hostile/corpus.ts'
import { account, chat, contact, DAY, file, HOUR, keyEvent, message } from '../scene.ts'
import type { Chance } from './chance.ts'

const NAMES = ['bob', 'cleo', 'dan', 'עדה', '山田', 'zoë', '\u202egnp.exe', 'مرحبا', 'x'.repeat(70)]
const WORDS = [
  'hello',
  'שלום עולם',
  '日本語のテキスト',
  '👨‍👩‍👧 👍🏽',
  '`code` **bold** _it_',
  '- a\n- b',
  '> said',
]
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz/:@ GDAI0$+-_.?!äשم日👍')
const KEYS = [
  ...new Set(
    (['default', 'vim', 'emacs'] as const).flatMap((keys) =>
      Object.values(keymapOf({ keys, bindings: {} })).flatMap((bound) =>
        Object.keys(bound).flatMap((key) => (key === ' ' ? [key] : key.split(' '))),
      ),
    ),
  ),
].filter((key) => key !== 'alt+l')
const COMMANDS = (
  'accept bob|add zoe hi|alias bob|alerts|archive|archived|at +2h|block bob|close|contacts|copy|' +
  'delete|deletechat|details|disappear 1h|doctor|edit|emoji|expire 1d|export a.md|file|forward|help|' +
  'info|like|lock|me|mute|pin|pinchat|pins|react|read|recoverykey|remove bob|reply|save|savein|' +
  'scheduled|search|searchall|server|settings|settings keys vim|settings keys emacs|' +
  'settings keys default|settings theme light|settings screenReader on|settings screenReader off|' +
  'settings shortcodes on|silent|split|to bob|to nobody|unblock bob|unmute|unsend|verify|view|keys'
).split('|')
const EVENTS = (
  'connected disconnected message_removed progress chat_changed contact_changed reaction edit ' +
  'receipt contact_request contact_accepted identity_changed device_added gap error'
).split(' ')

export class World {
  readonly #chance: Chance
  readonly #asked: Request[] = []
  readonly #ticks: Extract<Effect, { kind: 'wake' }>['tick'][] = []
  readonly #folders: string[] = []
  #count = 0
  now = new Date(2026, 10, 25, 12).getTime()

  constructor(chance: Chance) {
    this.#chance = chance
  }

  /** What was wanted is answered, or not, some time later. */
  take(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'ask') this.#asked.push(effect.request)
      if (effect.kind === 'wake') this.#ticks.push(effect.tick)
      if (effect.kind === 'listFolder') this.#folders.push(effect.folder)
    }
    this.#asked.splice(0, Math.max(0, this.#asked.length - 20))
    this.#ticks.splice(0, Math.max(0, this.#ticks.length - 20))
  }

  /** Some things at once: a command is typed and sent, not a letter of it. */
  next(model: Model): readonly TuiEvent[] {
    const chance = this.#chance
    this.now += chance.number(0, 20_000)
    const { now } = this
    const input = (one: InputEvent): TuiEvent => ({ kind: 'input', input: one, now })
    if (model.screen.kind !== 'main' && chance.in(3)) return [this.#atTheDoor(model)]
    return chance.weighted<() => readonly TuiEvent[]>([
      [30, () => [input(keyEvent(chance.one(KEYS)))]],
      [20, () => [input(keyEvent(chance.one(LETTERS)))]],
      [4, () => this.#command().map(input)],
      [4, () => [input({ kind: 'paste', text: this.#said() })]],
      [3, () => [input(this.#resize())]],
      [5, () => [input(this.#mouse(model))]],
      [1, () => [input({ kind: 'focus', focused: chance.in(2) })]],
      [12, () => [{ kind: 'told', event: this.#message(), now }]],
      [4, () => [{ kind: 'told', event: this.#event(), now }]],
      [14, () => this.#outcome()],
      [5, () => this.#tick()],
      [3, () => [this.#world(model)]],
      [1, () => [this.#themed()]],
    ])()
  }

  #command(): readonly InputEvent[] {
    const words = `/${this.#chance.one(COMMANDS)}`
    const keys = ['escape', 'escape', 'ctrl+u', ...Array.from(words), 'enter']
    return keys.map(keyEvent)
  }

  #resize(): InputEvent {
    const [columns, rows] = this.#chance.weighted([
      [5, [80, 24] as const],
      [4, [120, 40] as const],
      [2, [40, 20] as const],
      [3, [this.#chance.number(20, 200), this.#chance.number(6, 60)] as const],
      [1, [this.#chance.number(1, 30), this.#chance.number(1, 10)] as const],
    ])
    return { kind: 'resize', columns, rows }
  }

  #mouse({ size }: Model): InputEvent {
    return {
      kind: 'mouse',
      action: this.#chance.one(['press', 'release', 'drag', 'wheelUp', 'wheelDown']),
      button: this.#chance.one(['left', 'right', 'middle', 'none']),
      column: this.#chance.number(0, size.columns),
      row: this.#chance.number(0, size.rows),
      ctrl: false,
      alt: false,
      shift: false,
    }
  }

  #said(): string {
    return this.#chance.weighted([
      [3, this.#chance.one(WORDS)],
      [4, this.#chance.one(HOSTILE_TEXTS).text],
      [1, `${this.#chance.one(WORDS)} ${this.#chance.one(HOSTILE_TEXTS).text}\n`],
      [1, `${this.#chance.one(WORDS)} `.repeat(this.#chance.number(1, 60))],
    ])
  }

  #message(known?: string): MessageJson {
    const chance = this.#chance
    this.#count += 1
    const name = chance.one(NAMES)
    const own = chance.in(3)
    const old = chance.in(5)
    const at = this.now - (old ? chance.number(0, 9 * DAY) : 0)
    return message(known ?? `m${chance.in(4) ? chance.number(0, this.#count) : this.#count}`, {
      chat: { id: `c-${name}`, kind: name === 'x' ? 'group' : 'direct', name },
      from: { name: own ? 'ann' : name, device: this.#said(), verified: chance.in(2) },
      direction: own ? 'out' : 'in',
      received_at: new Date(at).toISOString(),
      sent_at: new Date(at - chance.number(-HOUR, HOUR)).toISOString(),
      status: chance.one(['queued', 'stored', 'delivered', 'read', 'failed', 'scheduled', 'odd']),
      kind: chance.one(['text', 'text', 'text', 'deleted', 'unsupported', 'file']),
      body: chance.in(8) ? '' : this.#said(),
      reply_to: chance.in(4) ? `m${chance.number(0, this.#count)}` : null,
      edited_at: chance.in(8) ? new Date(at).toISOString() : null,
      expires_at: chance.in(8) ? new Date(at + DAY).toISOString() : null,
      mentions: chance.list(2, () => chance.one(NAMES)),
      attachments: chance.in(4)
        ? chance.list(3, (index) =>
            file(`f${chance.number(0, 9)}-${index}`, {
              name: this.#said(),
              mime: chance.one(['image/png', 'text/plain']),
              path: chance.in(2) ? null : '/tmp/x',
            }),
          )
        : [],
      reactions: chance.in(4)
        ? chance.list(5, () => ({
            emoji: chance.one(['👍', '❤️', this.#said()]),
            from: chance.one(NAMES),
          }))
        : [],
      pinned: chance.in(8),
      request: chance.in(20),
    })
  }

  #event(): EventJson {
    const chance = this.#chance
    this.#count += 1
    const name = chance.one(NAMES)
    const type = chance.one(EVENTS)
    return {
      v: 1,
      type,
      cursor: `${this.#count}`,
      at: new Date(this.now).toISOString(),
      id: type === 'progress' ? `f${chance.number(0, 9)}-0` : `m${chance.number(0, this.#count)}`,
      chat: type === 'message_removed' ? `c-${name}` : { id: `c-${name}`, kind: 'direct', name },
      from: { name: this.#said() },
      code: chance.one(['undecryptable', 'internal', 'odd']),
      reason: this.#said(),
      body: this.#said(),
      emoji: this.#said(),
      done: chance.number(0, 9),
      total: chance.number(0, 9),
    }
  }

  #tick(): readonly TuiEvent[] {
    const tick = this.#ticks.shift()
    if (tick === undefined || tick.kind === 'clock') return []
    return [{ kind: 'tick', tick, now: this.now }]
  }

  #outcome(): readonly TuiEvent[] {
    const request = this.#asked.shift()
    if (request === undefined) return []
    const answer = this.#chance.in(10) ? undefined : this.#answer(request)
    const outcome =
      answer === undefined
        ? ({ kind: 'refused', request, failure: this.#failure() } as const)
        : ({ kind: 'answered', answer } as const)
    return [{ kind: 'outcome', outcome, now: this.now }]
  }

  #failure(): Failure {
    const hint = this.#chance.in(2) ? safeText(this.#said()) : undefined
    return { code: 'network', message: safeText(this.#said()), hint }
  }

  #messages(most: number, chatId?: string): readonly MessageJson[] {
    const all = this.#chance.list(most, () => this.#message())
    const sorted = all.toSorted((a, b) => a.received_at.localeCompare(b.received_at))
    const unique = [...new Map(sorted.map((one) => [one.id, one])).values()]
    return chatId === undefined
      ? unique
      : unique.map((one) => ({
          ...one,
          chat: { id: chatId, kind: 'direct', name: chatId.slice(2) },
        }))
  }

  #chats(): readonly ChatListJson[] {
    const chance = this.#chance
    return NAMES.filter(() => !chance.in(6)).map((name) =>
      chat(name, {
        unread: chance.in(2) ? 0 : chance.number(0, 1_200),
        pinned: chance.in(4),
        muted_until: chance.in(4) ? new Date(8.64e15).toISOString() : null,
        request: chance.in(6),
        expire_after: chance.in(4) ? DAY : null,
        last: chance.in(5)
          ? null
          : { ...this.#message(), chat: { id: `c-${name}`, kind: 'direct', name } },
      }),
    )
  }

  #answer(request: Request): Answer | undefined {
    const chance = this.#chance
    switch (request.kind) {
      case 'account':
        return {
          kind: 'account',
          account: account({
            name: 'ann',
            connected: chance.in(2),
            outbox: chance.number(0, 3),
            keychain: chance.one(['os', 'file']),
          }),
        }
      case 'chats':
        return { kind: 'chats', archived: request.archived, chats: this.#chats() }
      case 'chat':
        return { kind: 'chat', chat: chance.one(this.#chats().concat(chat('bob'))) }
      case 'contacts':
        return {
          kind: 'contacts',
          contacts: NAMES.map((name) =>
            contact(name, {
              alias: chance.in(3) ? this.#said() : null,
              trust: chance.one(['unknown', 'unverified', 'verified', 'changed']),
              relation: chance.one(['none', 'outgoing', 'incoming', 'accepted', 'blocked']),
            }),
          ),
        }
      case 'history': {
        const from = request.from === undefined ? {} : { from: request.from }
        const page = this.#messages(60, request.chat)
        const here =
          request.place === 'around' && request.from !== undefined
            ? [this.#message(request.from)]
            : []
        const older = chance.in(2)
        const newer = request.place !== 'end' && chance.in(2)
        return { ...request, ...from, messages: [...page, ...here], older, newer }
      }
      case 'search':
        return { kind: 'search', number: request.number, messages: this.#messages(30) }
      case 'notes':
        return { kind: 'notes', chat: request.chat, events: chance.list(5, () => this.#event()) }
      case 'pinned':
      case 'scheduled':
        return { kind: request.kind, messages: this.#messages(9) }
      case 'locate':
        return { kind: 'located', message: this.#message(request.id) }
      case 'send':
      case 'forward':
        return { kind: 'sent', to: request.to, message: this.#message() }
      default:
        return this.#otherAnswer(request)
    }
  }

  #otherAnswer(request: Request): Answer | undefined {
    const chance = this.#chance
    switch (request.kind) {
      case 'verify':
        return {
          kind: 'verify',
          verification: {
            v: 1,
            type: 'verification',
            name: request.params.name,
            trust: chance.one(['unverified', 'verified', 'changed']),
            digits: Array.from({ length: 12 }, () => '12345').join(' '),
            words: Array.from({ length: 12 }, () => 'word'),
            qr: 'sotto:'.repeat(9),
          },
        }
      case 'recoveryKey':
        return { kind: 'recoveryKey', key: 'ABCD-EFGH' }
      case 'doctor':
        return {
          kind: 'doctor',
          checks: chance.list(9, () => ({
            v: 1,
            type: 'check',
            name: this.#said().slice(0, 20),
            ok: chance.in(2),
            detail: this.#said(),
            mend: chance.in(2) ? this.#said() : null,
          })),
        }
      case 'server':
        return {
          kind: 'server',
          account: account({ server: this.#said() }),
          holder: { pid: 1, daemon: true, clients: 2 },
        }
      case 'loadState':
        return {
          kind: 'state',
          state: chance.in(2) ? undefined : '{"panes":["c-bob"],"drafts":{"c-bob":{"text":"x"}}}',
        }
      default:
        return { kind: 'done', text: chance.in(2) ? safeText(this.#said()) : undefined }
    }
  }

  #world({ screen }: Model): TuiEvent {
    const chance = this.#chance
    const pane = screen.kind === 'main' ? screen.main.panes[screen.main.pane] : undefined
    const chatId = pane?.chat ?? 'c-bob'
    const folder = this.#folders.shift()
    if (folder !== undefined) {
      const entries = chance.list(40, () => ({
        name: this.#said(),
        kind: chance.one(['file', 'folder'] as const),
        size: chance.number(0, 1e9),
      }))
      return chance.in(5)
        ? { kind: 'folderFailed', folder, failure: this.#failure() }
        : { kind: 'folder', folder, entries }
    }
    const [width, height] = [chance.number(1, 60), chance.number(1, 40)]
    return chance.one<TuiEvent>([
      { kind: 'edited', chat: chatId, text: this.#said() },
      { kind: 'fileFound', chat: chatId, path: `/tmp/${this.#said()}` },
      { kind: 'misspelled', chat: chatId, words: new Set(['hello', 'bold', 'code']) },
      {
        kind: 'picture',
        attachment: `f${chance.number(0, 9)}-0`,
        place: chance.one(['thread', 'viewer']),
        picture: {
          width,
          height,
          pixels: new Uint8Array(width * height * 4).fill(chance.number(0, 255)),
        },
      },
      {
        kind: 'pictureFailed',
        attachment: `f${chance.number(0, 9)}-0`,
        place: chance.one(['thread', 'viewer']),
        failure: this.#failure(),
      },
      { kind: 'worldFailed', failure: this.#failure() },
    ])
  }

  #themed(): TuiEvent {
    const name = this.#chance.one(THEME_NAMES)
    const depth = this.#chance.one(['truecolor', '256', '16', 'none'] as const)
    return { kind: 'themed', theme: themeOf({ name, depth }) }
  }

  /** The first run, a passphrase, a lock. */
  #atTheDoor({ screen }: Model): TuiEvent {
    const chance = this.#chance
    const failure = this.#failure()
    switch (screen.kind) {
      case 'locked':
        return chance.in(4) ? { kind: 'unlockFailed', failure } : { kind: 'unlocked' }
      case 'founding':
        return {
          kind: 'founding',
          what: chance.one([
            {
              kind: 'keychain',
              state: chance.in(2) ? { kind: 'works' } : { kind: 'missing', why: this.#said() },
            },
            {
              kind: 'server',
              server: {
                url: `https://${this.#said()}`,
                registration: chance.one([['open'], ['invite']]),
              },
            },
            {
              kind: 'started',
              url: 'http://127.0.0.1:7700',
              invite: chance.in(2) ? undefined : 'code',
            },
            { kind: 'registered', account: account() },
            { kind: 'recoveryKey', key: 'ABCD-EFGH' },
            { kind: 'failed', failure },
          ]),
        }
      default:
        return chance.one<TuiEvent>([
          { kind: 'passphraseWanted', again: chance.in(2) },
          { kind: 'openFailed', failure },
          { kind: 'opened', chat: chance.in(2) ? undefined : '@bob' },
        ])
    }
  }
}
