// Every action there is. Palette, slash commands, keys, help and completion come from here.

import { ClientError } from '../../client/api.ts'
import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Action } from '../action.ts'
import { EMPTY_EDITOR } from '../editor.ts'
import type { Step } from '../effect.ts'
import type { ActionCall, Main, Model } from '../model.ts'
import { failed, mainOf, opened, still, toasted, withMain } from '../update/step.ts'
import { CONVERSATIONS } from './conversations.ts'
import { MESSAGE } from './message.ts'
import { MOVING } from './moving.ts'
import { PEOPLE } from './people.ts'
import { sotto } from './sotto.ts'
import { VIM_ACTIONS } from './vim.ts'
import { writing } from './writing.ts'

const table = (): readonly Action[] => ACTIONS

export const ACTIONS: readonly Action[] = [
  ...MOVING,
  ...CONVERSATIONS,
  ...MESSAGE,
  ...writing(table, runLine),
  ...VIM_ACTIONS,
  ...PEOPLE,
  ...sotto(table, runLine),
]

const BY_ID: ReadonlyMap<string, Action> = new Map(ACTIONS.map((action) => [action.id, action]))
const BY_SLASH: ReadonlyMap<string, Action> = new Map(
  ACTIONS.flatMap((action) => (action.slash === undefined ? [] : [[action.slash, action]])),
)

/** By its name and words, as a key or the config binds it: `chat.nth 3`. */
export function runBound(model: Model, bound: string): Step {
  const [action = '', ...words] = bound.split(' ')
  return runCall(model, { action, args: words.join(' ') })
}

function runCall(model: Model, { action, args }: ActionCall): Step {
  const main = mainOf(model)
  const found = BY_ID.get(action)
  if (main === undefined) return still(model)
  if (found !== undefined) return runAction(model, main, found, args)
  // Only a person's own keys can name what is not there.
  return toasted(
    still(model),
    'bad',
    safe`A key is bound to ${safeText(action)}, which is no action.`,
  )
}

/** `/name words`; undefined: there is none by this name. `before`: with the line as it was typed,
 *  which stays for who mistyped one of its words. */
function runLine(model: Model, line: string, before = model): Step | undefined {
  const [, name = '', args = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? []
  const found = BY_SLASH.get(name)
  const main = mainOf(model)
  return found === undefined || main === undefined
    ? undefined
    : runAction(model, main, found, args.trim(), before)
}

function runAction(
  model: Model,
  main: Main,
  action: Action,
  args: string,
  before: Model = model,
): Step {
  if (action.prompt !== undefined && args === '') {
    const prompt = {
      kind: 'prompt',
      title: action.prompt,
      help: action.summary,
      editor: EMPTY_EDITOR,
      action: action.id,
      before: '',
    } as const
    return still(withMain(model, opened(main, prompt)))
  }
  try {
    return action.run({ model, main, args })
  } catch (error) {
    // A word that is no duration or no time: ours to say, nothing was done.
    if (!(error instanceof ClientError)) throw error
    const hint = error.hint === undefined ? undefined : safeText(error.hint)
    return failed(still(before), { code: error.code, message: safeText(error.message), hint })
  }
}
