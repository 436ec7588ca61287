// Moving about: the list, the conversation, the focus, what lies over them.

import { safe } from '../../protocol/safe-text.ts'
import type { Action, ActionContext } from '../action.ts'
import type { Step } from '../effect.ts'
import type { Focus, Main, Model } from '../model.ts'
import {
  listed,
  moveSelection,
  nextUnread,
  openChat,
  readWhatIsSeen,
  selectedChat,
  unfiltered,
} from '../update/chats.ts'
import * as overlay from '../update/overlay.ts'
import { scrollLines, scrollPage, selectBy, selectEnd } from '../update/scroll.ts'
import { paneOf, still, toasted, withMain, withPane } from '../update/step.ts'

type Run = Action['run']
const moving = (id: string, summary: Action['summary'], run: Run): Action => ({
  id,
  group: 'moving',
  title: summary,
  summary,
  run,
})

const inList =
  (change: (main: Main) => Main['chats']): Run =>
  ({ model, main }) =>
    still(withMain(model, { ...main, chats: change(main) }))

function focusOn(model: Model, main: Main, focus: Focus): Step {
  const pane = paneOf(main)
  const cleared =
    focus !== 'composer' || pane === undefined
      ? main
      : withPane(main, { ...pane, selected: undefined })
  const chats = focus === 'list' ? main.chats : unfiltered(main.chats)
  return readWhatIsSeen(withMain(model, { ...cleared, chats, focus }))
}

/** The conversation: its newest message is selected. */
function focusThread(model: Model, main: Main): Step {
  const pane = paneOf(main)
  if (pane?.chat === undefined) return focusOn(model, main, 'composer')
  return pane.selected === undefined ? selectBy(model, -1) : focusOn(model, main, 'thread')
}

const ROUND: readonly Focus[] = ['list', 'thread', 'composer']

function turnFocus({ model, main }: ActionContext, by: 1 | -1): Step {
  const next = ROUND[(ROUND.indexOf(main.focus) + by + ROUND.length) % ROUND.length] ?? 'composer'
  return next === 'thread' ? focusThread(model, main) : focusOn(model, main, next)
}

/** The conversation beside the one at hand in the list. */
function besideChat({ model, main }: ActionContext, by: 1 | -1): Step {
  const shown = listed(unfiltered(main.chats))
  const here = shown.findIndex(({ id }) => id === paneOf(main)?.chat)
  const next = shown[here < 0 ? 0 : Math.min(Math.max(0, here + by), shown.length - 1)]
  return next === undefined ? still(model) : openChat(model, next.id)
}

export const MOVING: readonly Action[] = [
  moving(
    'list.up',
    safe`the conversation above`,
    inList(({ chats }) => moveSelection(chats, -1)),
  ),
  moving(
    'list.down',
    safe`the conversation below`,
    inList(({ chats }) => moveSelection(chats, 1)),
  ),
  moving(
    'list.first',
    safe`the first conversation`,
    inList(({ chats }) => moveSelection(chats, -1e6)),
  ),
  moving(
    'list.last',
    safe`the last conversation`,
    inList(({ chats }) => moveSelection(chats, 1e6)),
  ),
  moving(
    'list.filter',
    safe`only those with a word`,
    inList(({ chats }) => ({ ...chats, filtering: true })),
  ),
  moving('list.open', safe`open it`, ({ model, main }) => {
    const chat = selectedChat(main.chats)
    return chat === undefined ? still(model) : openChat(model, chat.id)
  }),
  moving('list.leave', safe`back to writing`, ({ model, main }) =>
    main.chats.filtering
      ? still(withMain(model, { ...main, chats: unfiltered(main.chats) }))
      : focusOn(model, main, 'composer'),
  ),
  moving('chat.next', safe`the next conversation`, (context) => besideChat(context, 1)),
  moving('chat.previous', safe`the conversation before`, (context) => besideChat(context, -1)),
  moving('chat.nth', safe`the conversation with this number`, ({ model, main, args }) => {
    const chat = listed(unfiltered(main.chats))[Number(args) - 1]
    return chat === undefined ? still(model) : openChat(model, chat.id)
  }),
  moving(
    'chat.next-unread',
    safe`the next conversation with something unread`,
    ({ model, main }) => {
      const chat = nextUnread(main)
      return chat === undefined
        ? toasted(still(model), 'plain', safe`Nothing is unread.`)
        : openChat(model, chat.id)
    },
  ),
  moving('thread.up', safe`the message above`, ({ model }) => selectBy(model, -1)),
  moving('thread.down', safe`the message below`, ({ model }) => selectBy(model, 1)),
  moving('thread.first', safe`the oldest message that is loaded`, ({ model }) =>
    selectEnd(model, 'first'),
  ),
  moving('thread.last', safe`the newest message`, ({ model }) => selectEnd(model, 'last')),
  moving('scroll.page-up', safe`a page up`, ({ model }) => scrollPage(model, 1)),
  moving('scroll.page-down', safe`a page down`, ({ model }) => scrollPage(model, -1)),
  moving('scroll.up', safe`some lines up`, ({ model }) => scrollLines(model, 3)),
  moving('scroll.down', safe`some lines down`, ({ model }) => scrollLines(model, -3)),
  moving('focus.next', safe`list, conversation, writing: the next`, (context) =>
    turnFocus(context, 1),
  ),
  moving('focus.previous', safe`the one before`, (context) => turnFocus(context, -1)),
  moving('focus.list', safe`to the list`, ({ model, main }) => focusOn(model, main, 'list')),
  moving('focus.thread', safe`to the conversation`, ({ model, main }) => focusThread(model, main)),
  moving('focus.composer', safe`to writing`, ({ model, main }) => focusOn(model, main, 'composer')),
  moving('overlay.close', safe`close it`, ({ model, main }) => overlay.close(model, main)),
  moving('overlay.up', safe`up`, ({ model, main }) => overlay.move(model, main, -1)),
  moving('overlay.down', safe`down`, ({ model, main }) => overlay.move(model, main, 1)),
  moving('overlay.first', safe`to the beginning`, ({ model, main }) =>
    overlay.move(model, main, -1e6),
  ),
  moving('overlay.last', safe`to the end`, ({ model, main }) => overlay.move(model, main, 1e6)),
  moving('overlay.page-up', safe`a page up`, ({ model, main }) =>
    overlay.movePage(model, main, -1),
  ),
  moving('overlay.page-down', safe`a page down`, ({ model, main }) =>
    overlay.movePage(model, main, 1),
  ),
  moving('files.enter', safe`into the folder`, ({ model, main }) =>
    overlay.enterFolder(model, main),
  ),
  moving('files.leave', safe`out of the folder`, ({ model, main }) =>
    overlay.leaveFolder(model, main),
  ),
  moving('search.widen', safe`this conversation, or all`, ({ model, main }) =>
    overlay.widenSearch(model, main, paneOf(main)?.chat),
  ),
]
