// Which key does what, where: data. The help screen is printed from it, and a test holds it to the
// table of actions: no key without an action, no key twice.
//
// A place is looked up before the places behind it. Keys have the names that `input.ts` gives them;
// a sequence has spaces: `g g`. Ctrl+S and Ctrl+Q are left to the terminal.

import type { EditOp } from './editor.ts'
import type { Settings } from './settings.ts'

/** Where a key is pressed. */
export type KeyPlace =
  | 'global'
  | 'list'
  /** The list while something is typed into its filter: letters are letters there. */
  | 'filter'
  | 'thread'
  | 'composer'
  | 'editing'
  /** Vim's normal mode of the composer. */
  | 'normal'
  | 'overlay'
  | 'search'
  | 'files'
  | 'verify'
  | 'confirm'
  | 'page'

/** An action's id, or an edit of the text at hand. */
type Bound = string
type Keys = Readonly<Record<string, Bound>>
export type Keymap = Readonly<Record<KeyPlace, Keys>>

export const EDIT_PREFIX = 'edit.'
const editKey = (op: EditOp): Bound => `${EDIT_PREFIX}${op}`

const EDITING: Keys = {
  left: editKey('left'),
  right: editKey('right'),
  up: editKey('up'),
  down: editKey('down'),
  home: editKey('lineStart'),
  end: editKey('lineEnd'),
  'ctrl+left': editKey('wordLeft'),
  'ctrl+right': editKey('wordRight'),
  'ctrl+home': editKey('start'),
  'ctrl+end': editKey('end'),
  backspace: editKey('backspace'),
  delete: editKey('delete'),
  'ctrl+a': editKey('lineStart'),
  'ctrl+e': editKey('lineEnd'),
  'ctrl+w': editKey('killWordLeft'),
  'alt+backspace': editKey('killWordLeft'),
  'alt+d': editKey('killWordRight'),
  'ctrl+u': editKey('killToStart'),
  'ctrl+y': editKey('yank'),
}

const DEFAULT: Keymap = {
  global: {
    'ctrl+k': 'palette',
    f1: 'help',
    'ctrl+t': 'chat.jump',
    'ctrl+f': 'search.chat',
    'alt+f': 'search.all',
    'alt+a': 'chat.next-unread',
    'alt+down': 'chat.next',
    'alt+up': 'chat.previous',
    'alt+1': 'chat.nth 1',
    'alt+2': 'chat.nth 2',
    'alt+3': 'chat.nth 3',
    'alt+4': 'chat.nth 4',
    'alt+5': 'chat.nth 5',
    'alt+6': 'chat.nth 6',
    'alt+7': 'chat.nth 7',
    'alt+8': 'chat.nth 8',
    'alt+9': 'chat.nth 9',
    tab: 'focus.next',
    'shift+tab': 'focus.previous',
    pageup: 'scroll.page-up',
    pagedown: 'scroll.page-down',
    'alt+i': 'window.details',
    'alt+v': 'window.split',
    'alt+w': 'window.unsplit',
    'alt+left': 'window.pane-left',
    'alt+right': 'window.pane-right',
    'alt+l': 'lock',
    'ctrl+l': 'window.repaint',
    'ctrl+z': 'window.suspend',
    'ctrl+c': 'quit',
  },
  list: {
    up: 'list.up',
    down: 'list.down',
    home: 'list.first',
    end: 'list.last',
    enter: 'list.open',
    right: 'list.open',
    escape: 'list.leave',
    '/': 'command',
    '?': 'help',
  },
  filter: {
    up: 'list.up',
    down: 'list.down',
    enter: 'list.open',
    escape: 'list.leave',
  },
  thread: {
    up: 'thread.up',
    down: 'thread.down',
    k: 'thread.up',
    j: 'thread.down',
    home: 'thread.first',
    end: 'thread.last',
    'g g': 'thread.first',
    G: 'thread.last',
    enter: 'message.open',
    r: 'message.reply',
    e: 'message.edit',
    d: 'message.delete',
    D: 'message.delete-for-everyone',
    '+': 'message.react',
    p: 'message.pin',
    f: 'message.forward',
    y: 'message.copy',
    s: 'message.save',
    v: 'message.view',
    'alt+enter': 'message.info',
    i: 'focus.composer',
    escape: 'focus.composer',
    left: 'focus.list',
    '/': 'search.chat',
    '?': 'help',
    ':': 'palette',
  },
  composer: {
    enter: 'composer.send',
    'alt+enter': 'composer.newline',
    'shift+enter': 'composer.newline',
    'ctrl+j': 'composer.newline',
    tab: 'composer.complete',
    'shift+tab': 'composer.complete-back',
    up: 'composer.up',
    down: 'composer.down',
    'ctrl+p': 'composer.older',
    'ctrl+n': 'composer.newer',
    'ctrl+o': 'file.attach',
    'ctrl+x ctrl+e': 'composer.editor',
    'ctrl+x ctrl+f': 'composer.as-file',
    'ctrl+d': 'composer.delete-or-quit',
    escape: 'composer.cancel',
  },
  editing: EDITING,
  normal: {},
  overlay: {
    escape: 'overlay.close',
    'ctrl+c': 'overlay.close',
    up: 'overlay.up',
    down: 'overlay.down',
    'ctrl+p': 'overlay.up',
    'ctrl+n': 'overlay.down',
    pageup: 'overlay.page-up',
    pagedown: 'overlay.page-down',
    enter: 'overlay.choose',
  },
  search: { tab: 'search.widen' },
  files: {
    right: 'files.enter',
    left: 'files.leave',
    tab: 'files.enter',
  },
  verify: { tab: 'verify.turn' },
  confirm: { y: 'overlay.choose', n: 'overlay.close' },
  page: {
    home: 'overlay.first',
    end: 'overlay.last',
    j: 'overlay.down',
    k: 'overlay.up',
    ' ': 'overlay.page-down',
    q: 'overlay.close',
  },
}

const VIM: Partial<Record<KeyPlace, Keys>> = {
  composer: { escape: 'vim.normal' },
  list: {
    j: 'list.down',
    k: 'list.up',
    l: 'list.open',
    'g g': 'list.first',
    G: 'list.last',
    '/': 'list.filter',
    ':': 'palette',
  },
  thread: {
    h: 'focus.list',
    'ctrl+d': 'scroll.page-down',
    'ctrl+u': 'scroll.page-up',
    'g t': 'chat.next',
    'g T': 'chat.previous',
  },
  normal: {
    i: 'vim.insert',
    a: 'vim.append',
    I: 'vim.insert-start',
    A: 'vim.append-end',
    o: 'vim.open-line',
    h: editKey('left'),
    l: editKey('right'),
    w: editKey('wordRight'),
    b: editKey('wordLeft'),
    '0': editKey('lineStart'),
    $: editKey('lineEnd'),
    x: editKey('delete'),
    D: editKey('killToEnd'),
    'd d': 'vim.delete-line',
    'd w': editKey('killWordRight'),
    p: editKey('yank'),
    k: 'thread.up',
    j: 'thread.down',
    'g g': 'thread.first',
    G: 'thread.last',
    'ctrl+d': 'scroll.page-down',
    'ctrl+u': 'scroll.page-up',
    'g t': 'chat.next',
    'g T': 'chat.previous',
    '/': 'search.chat',
    ':': 'palette',
    '?': 'help',
    enter: 'composer.send',
    escape: 'composer.cancel',
    left: editKey('left'),
    right: editKey('right'),
    up: 'thread.up',
    down: 'thread.down',
  },
}

const EMACS: Partial<Record<KeyPlace, Keys>> = {
  global: {
    'ctrl+k': 'palette',
    'alt+x': 'palette',
    'ctrl+x b': 'chat.jump',
    'ctrl+x 3': 'window.split',
    'ctrl+x 0': 'window.unsplit',
    'ctrl+x o': 'window.pane-right',
    'ctrl+x ctrl+c': 'quit',
    'ctrl+x ctrl+f': 'file.attach',
    'ctrl+r': 'search.chat',
    'ctrl+v': 'scroll.page-down',
    'alt+v': 'scroll.page-up',
    'ctrl+g': 'composer.cancel',
  },
  thread: {
    n: 'thread.down',
    p: 'thread.up',
    '<': 'thread.first',
    '>': 'thread.last',
    'ctrl+n': 'thread.down',
    'ctrl+p': 'thread.up',
    P: 'message.pin',
  },
  list: { 'ctrl+n': 'list.down', 'ctrl+p': 'list.up' },
  filter: { 'ctrl+n': 'list.down', 'ctrl+p': 'list.up' },
  composer: {
    'ctrl+p': 'composer.up',
    'ctrl+n': 'composer.down',
    'alt+p': 'composer.older',
    'alt+n': 'composer.newer',
  },
  editing: {
    'ctrl+b': editKey('left'),
    'ctrl+f': editKey('right'),
    'alt+b': editKey('wordLeft'),
    'alt+f': editKey('wordRight'),
    'ctrl+k': editKey('killToEnd'),
    'ctrl+t': editKey('transpose'),
    'alt+<': editKey('start'),
    'alt+>': editKey('end'),
  },
  overlay: { 'ctrl+g': 'overlay.close' },
}

const OF_PROFILE = { default: {}, vim: VIM, emacs: EMACS } as const satisfies Record<
  Settings['keys'],
  Partial<Record<KeyPlace, Keys>>
>

/** The map in force: the profile over the default, a person's own keys over both. */
export function keymapOf({ keys, bindings }: Pick<Settings, 'keys' | 'bindings'>): Keymap {
  const profile: Partial<Record<KeyPlace, Keys>> = OF_PROFILE[keys]
  const map = Object.fromEntries(
    Object.entries(DEFAULT).map(([place, bound]) => [
      place,
      { ...bound, ...profile[place as KeyPlace] },
    ]),
  ) as OwnKeymap
  const own = Object.entries(bindings).map(([key, action]) => ownKey(map, key, action))
  // A key of one's own counts everywhere but where one has bound it more closely.
  for (const one of own.filter(({ place }) => place === 'global')) {
    for (const place of Object.values(map)) free(place, one.key)
    bind(map, one)
  }
  for (const one of own.filter(({ place }) => place !== 'global')) {
    free(map[one.place], one.key)
    bind(map, one)
  }
  return map
}

type OwnKeymap = Record<KeyPlace, Record<string, Bound>>

interface OwnKey {
  readonly place: KeyPlace
  readonly key: string
  readonly action: Bound
}

/** `thread:x` is a key of one place, `x` one of all. */
function ownKey(map: Keymap, name: string, action: Bound): OwnKey {
  const [, place = '', key = ''] = /^([a-z]+):(.+)$/.exec(name) ?? []
  return Object.hasOwn(map, place)
    ? { place: place as KeyPlace, key, action }
    : { place: 'global', key: name, action }
}

/** Nothing begins with this key any more, nor is it the rest of what one key alone does. */
function free(keys: Record<string, Bound>, key: string): void {
  for (const known of Object.keys(keys)) {
    if (known === key || known.startsWith(`${key} `) || key.startsWith(`${known} `)) {
      delete keys[known]
    }
  }
}

function bind(map: OwnKeymap, { place, key, action }: OwnKey): void {
  if (action !== '') map[place][key] = action
}

type Found =
  | { readonly kind: 'bound'; readonly action: Bound }
  /** The beginning of a sequence. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'free' }

/** What a key means, after those that wait, in the first of these places that knows it. */
export function lookUp(
  map: Keymap,
  places: readonly KeyPlace[],
  pending: readonly string[],
  key: string,
): Found {
  const sequence = [...pending, key].join(' ')
  for (const place of places) {
    const action = map[place][sequence]
    if (action !== undefined) return { kind: 'bound', action }
    if (Object.keys(map[place]).some((bound) => bound.startsWith(`${sequence} `))) {
      return { kind: 'pending' }
    }
  }
  return { kind: 'free' }
}

/** The shortest key that does this here, for hints; one that means something else in a closer place
 *  does not. */
export function keyOf(
  map: Keymap,
  places: readonly KeyPlace[],
  action: string,
): string | undefined {
  return places
    .flatMap((place) => Object.entries(map[place]))
    .filter(([key, bound]) => bound === action && meaning(map, places, key) === action)
    .map(([key]) => key)
    .toSorted((a, b) => a.length - b.length)[0]
}

/** What the keys of a sequence come to, pressed one after the other. */
function meaning(map: Keymap, places: readonly KeyPlace[], sequence: string): string | undefined {
  const keys = sequence.split(/(?<=.) /)
  for (const [at, key] of keys.entries()) {
    const found = lookUp(map, places, keys.slice(0, at), key)
    if (found.kind !== 'pending') return found.kind === 'bound' ? found.action : undefined
  }
  return undefined
}
