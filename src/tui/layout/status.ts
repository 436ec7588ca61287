// The line at the bottom: what just happened, the connection, what waits, and which key helps.

import { nameOf } from '../../client/shown.ts'
import { type SafeText, safe, safeText } from '../../protocol/safe-text.ts'
import { keymapOf, keyOf } from '../keymap.ts'
import type { Main, Model, Toast } from '../model.ts'
import { fitted, type Line, lineWidth, type Span, spread } from '../text/line.ts'
import type { Role } from '../theme/roles.ts'
import { placesOf } from '../update/keys.ts'

const MOODS: Readonly<Record<Toast['mood'], Role>> = {
  good: 'success',
  bad: 'danger',
  plain: 'accent',
}

export function statusLine(model: Model, main: Main, width: number): Line {
  const { styles } = model.theme
  const over = (span: Span): Span => ({ ...span, style: { ...span.style, bg: styles.status.bg } })
  const { toast } = model
  const state = stateOf(model, main)
  const left: Line =
    toast === undefined
      ? hintsOf(model, main, width - lineWidth(state))
      : [{ text: safe` ${toast.text}`, style: styles[MOODS[toast.mood]] }]
  const line = spread(left.map(over), state.map(over), width, styles.status)
  return fitted(line, width, { style: styles.status })
}

const HINTS: Readonly<
  Record<Main['focus'], readonly (readonly [action: string, what: SafeText])[]>
> = {
  composer: [
    ['composer.send', safe`send`],
    ['chat.jump', safe`go to`],
    ['palette', safe`all commands`],
    ['help', safe`help`],
  ],
  thread: [
    ['message.reply', safe`reply`],
    ['message.edit', safe`edit`],
    ['message.react', safe`react`],
    ['message.delete', safe`delete`],
    ['message.copy', safe`copy`],
    ['focus.composer', safe`back`],
  ],
  list: [
    ['list.open', safe`open`],
    ['chat.next-unread', safe`next unread`],
    ['palette', safe`all commands`],
    ['help', safe`help`],
  ],
}

/** As many as there is room for, the most useful first. */
function hintsOf(model: Model, main: Main, room: number): Line {
  const { styles } = model.theme
  if (model.pending.length > 0) {
    return [{ text: safe` ${safeText(model.pending.join(' '))} …`, style: styles.statusAccent }]
  }
  if (main.overlays.length > 0) return [{ text: safe` Escape closes`, style: styles.status }]
  const keymap = keymapOf(model.settings)
  const places = placesOf(main)
  let left = room
  return HINTS[main.focus].flatMap(([action, what]): Line => {
    const key = keyOf(keymap, places, action)
    if (key === undefined) return []
    const hint: Line = [
      { text: safe` ${safeText(key)}`, style: styles.statusAccent },
      { text: safe` ${what} `, style: styles.status },
    ]
    left -= lineWidth(hint)
    return left < 0 ? [] : hint
  })
}

function stateOf(model: Model, main: Main): Line {
  const { styles } = model.theme
  const { account, alerts, link, mode, outbox } = main
  const spans: Span[] = []
  if (alerts.length > 0)
    spans.push({ text: safe` ${alerts.length} alerts: /alerts `, style: styles.danger })
  if (model.settings.keys === 'vim') {
    spans.push({
      text: mode === 'normal' ? safe` NORMAL ` : safe` INSERT `,
      style: styles.statusAccent,
    })
  }
  if (outbox > 0) spans.push({ text: safe` ${outbox} to send `, style: styles.warning })
  if (account !== undefined)
    spans.push({ text: safe` ${nameOf(account.name)} `, style: styles.status })
  spans.push(LINKS[link.kind](styles))
  return spans
}

type Styles = Model['theme']['styles']
const LINKS: Readonly<Record<Main['link']['kind'], (styles: Styles) => Span>> = {
  online: (styles) => ({ text: safe`● online `, style: styles.success }),
  connecting: (styles) => ({ text: safe`◌ connecting `, style: styles.warning }),
  offline: (styles) => ({ text: safe`○ offline `, style: styles.danger }),
}
