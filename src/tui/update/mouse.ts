// The mouse: nothing needs it, and what it does a key does too.

import { runBound } from '../actions/table.ts'
import type { Step } from '../effect.ts'
import type { MouseEvent } from '../input/event.ts'
import { columnsOf, firstPane } from '../layout/columns.ts'
import { chatInRow } from '../layout/list.ts'
import type { Model } from '../model.ts'
import { openChat } from './chats.ts'
import { wheelInMain } from './keys.ts'
import { mainOf, still, withMain } from './step.ts'

/** Lines that one notch of a wheel moves. */
const WHEEL_LINES = 3

export function mouse(model: Model, event: MouseEvent): Step {
  const main = mainOf(model)
  if (main === undefined) return still(model)
  switch (event.action) {
    case 'wheelUp':
      return wheelInMain(model, main, WHEEL_LINES)
    case 'wheelDown':
      return wheelInMain(model, main, -WHEEL_LINES)
    case 'press':
      return event.button === 'left' ? click(model, event) : still(model)
    case 'release':
    case 'drag':
    case 'move':
      return still(model)
  }
}

/** The list opens what is clicked; a conversation takes the focus. */
function click(model: Model, { column, row }: MouseEvent): Step {
  const main = mainOf(model)
  if (main === undefined || main.overlays.length > 0) return still(model)
  const columns = columnsOf(model, main)
  if (column < columns.list) {
    const chat = chatInRow(main, columns.rows, row)
    return chat === undefined ? still(model) : openChat(model, chat.id)
  }
  let left = columns.list + (columns.list > 0 ? 1 : 0)
  for (const [at, width] of columns.panes.entries()) {
    if (column < left + width) {
      const pane = firstPane(main, columns.panes.length) + at
      return runBound(withMain(model, { ...main, pane }), 'focus.composer')
    }
    left += width + 1
  }
  return still(model)
}
