// The screen itself and the program: palette, help, splits, settings, lock, checks, leaving.

import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Action, ActionContext, RunLine } from '../action.ts'
import { EMPTY_EDITOR, edit } from '../editor.ts'
import type { Step } from '../effect.ts'
import { keymapOf } from '../keymap.ts'
import { columnsOf } from '../layout/columns.ts'
import type { Main, Model, Pane, Secret } from '../model.ts'
import { SETTINGS } from '../setting-table.ts'
import { leavePane } from '../update/chats.ts'
import { composerOf, edited, unknownCommand, withComposer, written } from '../update/composer.ts'
import { keptOf } from '../update/kept.ts'
import { helpLines, page } from '../update/pages.ts'
import { choices, palette, picker } from '../update/pickers.ts'
import { ask, deed, doing, opened, paneOf, still, toasted, withMain } from '../update/step.ts'

type Table = () => readonly Action[]

/** What was begun is kept before one leaves. */
export function leave(model: Model): Step {
  const { screen } = model
  if (screen.kind !== 'main' && screen.kind !== 'locked') return doing(model, { kind: 'quit' })
  const state = keptOf(screen.main)
  return doing(model, deed({ method: 'screen.keep', params: { state } }), { kind: 'quit' })
}

/** Ctrl+C: a text that is being written goes first, and Ctrl+Y brings it back. */
function quit({ model, main, args }: ActionContext): Step {
  const composer = composerOf(main)
  if (args !== '' || main.focus !== 'composer' || composer.editor.text === '') return leave(model)
  const whole = { ...edit(composer.editor, 'end'), text: composer.editor.text }
  const next = edited(composer, { text: '', at: 0, killed: whole.text })
  return toasted(
    written(withMain(model, withComposer(main, next)), next),
    'plain',
    safe`Ctrl+Y brings it back; once more leaves.`,
  )
}

const LOCKED: Secret = { editor: EMPTY_EDITOR, state: 'typing', wrong: false }

export const locked = (model: Model, main: Main): Step =>
  still({
    ...model,
    pending: [],
    toast: undefined,
    screen: {
      kind: 'locked',
      why: 'lock',
      main: { ...main, overlays: [] },
      ask: LOCKED,
      failure: undefined,
    },
  })

function split({ model, main }: ActionContext): Step {
  const pane = paneOf(main)
  if (pane === undefined || main.panes.length >= MAX_PANES) return still(model)
  const panes = main.panes.toSpliced(main.pane + 1, 0, { ...pane, selected: undefined })
  return still(withMain(model, { ...main, panes, pane: main.pane + 1, focus: 'composer' }))
}

function unsplit({ model, main }: ActionContext): Step {
  if (main.panes.length < 2) return still(model)
  const left = leavePane(main)
  const panes = left.panes.toSpliced(main.pane, 1)
  return still(withMain(model, { ...left, panes, pane: Math.min(main.pane, panes.length - 1) }))
}

/** More threads than this side by side are columns of syllables. */
const MAX_PANES = 4

function besidePane({ model, main }: ActionContext, by: 1 | -1): Step {
  const pane = (main.pane + by + main.panes.length) % main.panes.length
  const here: Pane | undefined = main.panes[pane]
  const chats = here?.chat === undefined ? main.chats : { ...main.chats, selected: here.chat }
  return still(withMain(model, { ...main, pane, chats, focus: 'composer' }))
}

function settings({ model, main, args }: ActionContext): Step {
  const [name = '', ...words] = args.split(' ')
  const setting = SETTINGS.find((one) => one.name === name)
  if (setting === undefined) {
    const items = SETTINGS.map(({ name: one, label, shown }) => ({
      label,
      hint: shown(model.settings),
      words: one,
      call: { action: 'settings', args: one },
    }))
    return still(withMain(model, opened(main, picker(safe`Settings`, items))))
  }
  const typed = words.join(' ')
  if (typed === '') {
    if (setting.choices.length > 0) {
      const values = setting.choices.map((value) => [value, safeText(value), safe``] as const)
      return still(withMain(model, opened(main, choicesOf(setting.label, name, values))))
    }
    return still(
      withMain(
        model,
        opened(main, {
          kind: 'prompt',
          title: setting.label,
          help: setting.help,
          editor: EMPTY_EDITOR,
          action: 'settings',
          before: `${name} `,
        }),
      ),
    )
  }
  const value = setting.parse(typed)
  if (value === undefined) return toasted(still(model), 'bad', setting.help)
  const next: Model = { ...model, settings: { ...model.settings, [name]: value } }
  const step = doing(next, { kind: 'setting', name: setting.name, value })
  return toasted(
    setting.name === 'mouse'
      ? { ...step, effects: [...step.effects, { kind: 'mouse', on: value === true }] }
      : step,
    'good',
    safe`${setting.label}: ${setting.shown(next.settings)}`,
  )
}

const choicesOf = (label: Action['title'], name: string, values: Parameters<typeof choices>[2]) => {
  const made = choices(label, 'settings', values)
  return {
    ...made,
    items: made.items.map((item) => ({
      ...item,
      call: { action: 'settings', args: `${name} ${item.call.args}` },
    })),
  }
}

export const sotto = (table: Table, run: RunLine): readonly Action[] => [
  {
    id: 'command',
    group: 'sotto',
    title: safe`Type a command`,
    summary: safe`its name and its words, as behind a slash: add bob`,
    prompt: safe`Which command?`,
    run: ({ model, args }) => run(model, args.replace(/^\//, '')) ?? unknownCommand(model, args),
  },
  {
    id: 'palette',
    group: 'sotto',
    title: safe`All commands`,
    summary: safe`everything that can be done, by typing a part of its name`,
    commands: ['help'],
    run: (context) =>
      still(
        withMain(
          context.model,
          opened(context.main, palette(table(), context, keymapOf(context.model.settings))),
        ),
      ),
  },
  {
    id: 'help',
    group: 'sotto',
    slash: 'help',
    title: safe`Help`,
    summary: safe`every key and command`,
    run: ({ model, main }) =>
      still(
        withMain(
          model,
          opened(main, page('help', safe`Help`, helpLines(table(), keymapOf(model.settings)))),
        ),
      ),
  },
  {
    id: 'keys',
    group: 'settings',
    slash: 'keys',
    title: safe`Which key is that?`,
    summary: safe`shows the name of each key that is pressed, for the config; Escape twice ends it`,
    run: ({ model, main }) =>
      still(withMain(model, opened(main, page('keys', safe`Press keys; Escape ends it`, [])))),
  },
  {
    id: 'settings',
    group: 'settings',
    slash: 'settings',
    title: safe`Settings`,
    summary: safe`theme, keys, mouse, notifications, lock: /settings, /settings theme light`,
    args: 'setting',
    commands: ['config get', 'config set', 'config list', 'config path'],
    run: settings,
  },
  {
    id: 'lock',
    group: 'window',
    slash: 'lock',
    title: safe`Lock the screen`,
    summary: safe`hide everything until its owner is back`,
    run: ({ model, main }) => locked(model, main),
  },
  {
    id: 'doctor',
    group: 'sotto',
    slash: 'doctor',
    title: safe`Check everything`,
    summary: safe`keychain, database, server, clock, keys, and how to mend what is wrong; /doctor mend`,
    args: ['mend'],
    commands: ['doctor'],
    run: ({ model, main, args }) =>
      doing(
        withMain(
          model,
          opened(main, page('doctor', safe`Checks`, [{ text: safe`Looking…` }], true)),
        ),
        ask({ kind: 'doctor', mend: args === 'mend' }),
      ),
  },
  {
    id: 'server',
    group: 'sotto',
    slash: 'server',
    title: safe`Server and account`,
    summary: safe`where one is connected, as whom, and what waits`,
    commands: ['whoami', 'account show', 'daemon status'],
    run: ({ model, main }) =>
      doing(
        withMain(
          model,
          opened(
            { ...main, alerts: [] },
            page('server', safe`Server and account`, [{ text: safe`Asking…` }], true),
          ),
        ),
        ask({ kind: 'server' }),
      ),
  },
  {
    id: 'recovery-key',
    group: 'sotto',
    slash: 'recoverykey',
    title: safe`Show the recovery key`,
    summary: safe`to be written down and kept off this machine`,
    commands: ['account recovery-key'],
    run: ({ model, main }) =>
      doing(
        withMain(
          model,
          opened(main, page('recovery', safe`Recovery key`, [{ text: safe`…` }], true)),
        ),
        ask({ kind: 'recoveryKey' }),
      ),
  },
  {
    id: 'alerts',
    group: 'sotto',
    slash: 'alerts',
    title: safe`What went wrong`,
    summary: safe`the trouble that the status line counts`,
    available: ({ main }) => main.alerts.length > 0,
    run: ({ model, main }) =>
      still(
        withMain(
          model,
          opened(
            { ...main, alerts: [] },
            page(
              'message',
              safe`What went wrong`,
              main.alerts.map((text) => ({ text, mood: 'bad' as const })),
            ),
          ),
        ),
      ),
  },
  {
    id: 'window.details',
    group: 'window',
    slash: 'details',
    title: safe`Details beside the conversation`,
    summary: safe`who it is, how it is verified, its settings`,
    run: ({ model, main }) => {
      const next = { ...main, details: !main.details }
      const step = still(withMain(model, next))
      const isSeen = !next.details || columnsOf(model, { ...next, focus: 'composer' }).details > 0
      return isSeen ? step : toasted(step, 'plain', safe`No room for them here.`)
    },
  },
  {
    id: 'window.split',
    group: 'window',
    slash: 'split',
    title: safe`Two conversations side by side`,
    summary: safe`another one beside this`,
    run: split,
  },
  {
    id: 'window.unsplit',
    group: 'window',
    slash: 'close',
    title: safe`Close this side`,
    summary: safe`of conversations side by side`,
    available: ({ main }) => main.panes.length > 1,
    run: unsplit,
  },
  {
    id: 'window.pane-left',
    group: 'window',
    title: safe`The conversation to the left`,
    summary: safe`of those side by side`,
    available: ({ main }) => main.panes.length > 1,
    run: (context) => besidePane(context, -1),
  },
  {
    id: 'window.pane-right',
    group: 'window',
    title: safe`The conversation to the right`,
    summary: safe`of those side by side`,
    available: ({ main }) => main.panes.length > 1,
    run: (context) => besidePane(context, 1),
  },
  {
    id: 'window.repaint',
    group: 'window',
    title: safe`Paint the screen anew`,
    summary: safe`if something else wrote on it`,
    run: ({ model }) => doing(model, { kind: 'repaint' }),
  },
  {
    id: 'window.suspend',
    group: 'window',
    title: safe`To the shell`,
    summary: safe`fg comes back`,
    run: ({ model }) => doing(model, { kind: 'suspend' }),
  },
  {
    id: 'quit',
    group: 'sotto',
    slash: 'quit',
    title: safe`Leave`,
    summary: safe`what was sent goes out first; drafts are kept`,
    run: (context) => quit(context),
  },
]
