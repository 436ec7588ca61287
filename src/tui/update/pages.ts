// What pages say: checks, the server, a message, keys. Their words are ours; what is a peer's in
// them is safe already.

import type { CheckJson, MessageJson } from '../../client/api.ts'
import { formatDuration } from '../../client/duration.ts'
import { bytesOf, nameOf, shortId } from '../../client/shown.ts'
import { isolated, type SafeText, safe, safeFileName, safeText } from '../../protocol/safe-text.ts'
import type { Action, ActionGroup } from '../action.ts'
import type { EditOp } from '../editor.ts'
import { EDIT_PREFIX, type Keymap, type KeyPlace } from '../keymap.ts'
import type { Page, PageLine } from '../model.ts'
import type { Answer } from '../request.ts'
import { dayAndTime } from '../times.ts'

export const page = (
  name: Page['name'],
  title: SafeText,
  lines: readonly PageLine[],
  busy = false,
): Page => ({
  kind: 'page',
  name,
  title,
  lines,
  top: 0,
  busy,
})

export const checkLines = (checks: readonly CheckJson[]): readonly PageLine[] =>
  checks.flatMap(({ name, ok, detail, mend }): readonly PageLine[] => [
    { head: safeText(name), text: safeText(detail), mood: ok ? 'good' : 'bad' },
    ...(mend === null
      ? []
      : [{ head: safe``, text: safe`→ ${safeText(mend)}`, mood: 'muted' as const }]),
  ])

export const serverLines = ({
  account,
  holder,
}: Extract<Answer, { kind: 'server' }>): readonly PageLine[] => [
  { head: safe`server`, text: safeText(account.server) },
  {
    head: safe`connection`,
    text: account.connected ? safe`connected` : safe`not connected`,
    mood: account.connected ? 'good' : 'bad',
  },
  { head: safe`waiting`, text: safe`${account.outbox} to be sent` },
  { head: safe`account`, text: safe`${nameOf(account.name)}, ${safeText(account.id)}` },
  {
    head: safe`device`,
    text: safe`${nameOf(account.device.name)}, ${safeText(account.device.id)}`,
  },
  {
    head: safe`profile`,
    text: safe`${safeText(account.profile)}, keychain: ${account.keychain as SafeText}`,
  },
  {
    head: safe`held by`,
    text: safe`process ${holder.pid}${holder.daemon ? safe`, which stays` : safe``}; ${holder.clients} attached`,
  },
]

export function messageLines(message: MessageJson, now: number): readonly PageLine[] {
  const line = (head: SafeText, text: SafeText): PageLine => ({ head, text })
  const time = (at: string): SafeText => dayAndTime(at, now)
  return [
    line(safe`id`, safeText(message.id)),
    line(
      safe`from`,
      safe`${nameOf(message.from.name)}, ${nameOf(message.from.device)}${message.from.verified ? safe`, verified` : safe``}`,
    ),
    line(safe`sent`, time(message.sent_at)),
    line(safe`received`, time(message.received_at)),
    line(safe`status`, safeText(message.status)),
    ...(message.edited_at === null ? [] : [line(safe`edited`, time(message.edited_at))]),
    ...(message.expires_at === null ? [] : [line(safe`disappears`, time(message.expires_at))]),
    ...(message.due_at === undefined ? [] : [line(safe`goes out`, time(message.due_at))]),
    ...(message.reply_to === null ? [] : [line(safe`answers`, shortId(message.reply_to))]),
    ...message.attachments.map(({ name, mime, size, path }) =>
      line(
        safe`file`,
        safe`${isolated(safeFileName(name))}, ${safeText(mime)}, ${bytesOf(size)}${path === null ? safe`` : safe`, at ${isolated(safeText(path))}`}`,
      ),
    ),
    ...message.reactions.map(({ emoji, from }) =>
      line(safe`reaction`, safe`${isolated(safeText(emoji))} ${nameOf(from)}`),
    ),
    { text: safe`` },
    ...safeText(message.body, { multiline: true })
      .split('\n')
      .map((text) => ({ text: isolated(text as SafeText) })),
  ]
}

const GROUPS: Readonly<Record<ActionGroup, SafeText>> = {
  writing: safe`Writing`,
  conversations: safe`Conversations`,
  message: safe`The message that is selected`,
  people: safe`People`,
  moving: safe`Moving about`,
  window: safe`The screen`,
  settings: safe`Settings`,
  sotto: safe`sotto`,
}

/** What keys do to a text that is being written. */
const EDITS: Readonly<Record<EditOp, SafeText>> = {
  left: safe`a character to the left`,
  right: safe`a character to the right`,
  wordLeft: safe`a word to the left`,
  wordRight: safe`a word to the right`,
  lineStart: safe`to the line’s start`,
  lineEnd: safe`to the line’s end`,
  start: safe`to the text’s start`,
  end: safe`to the text’s end`,
  up: safe`a line up`,
  down: safe`a line down`,
  backspace: safe`delete the character before`,
  delete: safe`delete the character behind`,
  killWordLeft: safe`cut the word before`,
  killWordRight: safe`cut the word behind`,
  killToStart: safe`cut to the line’s start`,
  killToEnd: safe`cut to the line’s end`,
  yank: safe`put back what was cut`,
  transpose: safe`swap two characters`,
}

/** What the topmost overlay does with itself, which no slash command can. */
const OF_OVERLAYS: readonly (readonly [id: string, summary: SafeText])[] = [
  ['overlay.choose', safe`take what is selected`],
  ['verify.turn', safe`the digits, or the QR code`],
]

/** The help: every action with its keys and its slash command, from the same tables that act. */
export function helpLines(actions: readonly Action[], keymap: Keymap): readonly PageLine[] {
  const keys = keysByAction(keymap)
  const lineOf = (id: string, slash: string | undefined, text: SafeText): PageLine => {
    const names = [...(keys.get(id) ?? []), ...(slash === undefined ? [] : [`/${slash}`])]
    return { head: safeText(names.join('  ')), text }
  }
  const titled = (title: SafeText, lines: readonly PageLine[]): readonly PageLine[] => [
    { text: safe`` },
    { text: title, mood: 'strong' },
    ...lines.filter(({ head }) => head !== ''),
  ]
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const own = actions.filter((action) => action.group === group)
    const more = group === 'moving' ? OF_OVERLAYS : []
    return titled(title, [
      ...own.map(({ id, slash, summary }) => lineOf(id, slash, summary)),
      ...more.map(([id, summary]) => lineOf(id, undefined, summary)),
    ])
  })
  const edits = Object.entries(EDITS).map(([op, what]) => lineOf(EDIT_PREFIX + op, undefined, what))
  return [...groups, ...titled(safe`In a text`, edits)].slice(1)
}

/** Those of the composer and the thread before those of overlays. */
function keysByAction(keymap: Keymap): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const place of Object.keys(keymap) as KeyPlace[]) {
    for (const [key, bound] of Object.entries(keymap[place])) {
      const id = bound.startsWith(EDIT_PREFIX) ? bound : (bound.split(' ')[0] ?? bound)
      const keys = found.get(id) ?? []
      const name = key === ' ' ? 'space' : key
      if (!keys.includes(name)) found.set(id, [...keys, name])
    }
  }
  return found
}

export const durationOf = (ms: number): SafeText => safeText(formatDuration(ms))
