// What became of what was asked.

import type { ChatListJson } from '../../client/api.ts'
import { safe, safeText } from '../../protocol/safe-text.ts'
import type { Step } from '../effect.ts'
import type { Main, Model } from '../model.ts'
import type { Answer, Outcome, Request } from '../request.ts'
import { chatNamed, openPerson, readWhatIsSeen } from './chats.ts'
import { composerOf } from './composer.ts'
import { goToMessage } from './going.ts'
import { restored } from './kept.ts'
import { checkLines, serverLines } from './pages.ts'
import { messagePicker } from './pickers.ts'
import {
  also,
  andThen,
  anyMain,
  ask,
  changeMain,
  doing,
  failed,
  opened,
  still,
  toasted,
  topOf,
  turned,
  withMain,
} from './step.ts'
import { beingRead, changeThread, loaded, markNew, noteOf, withNotes } from './thread.ts'
import { withUnedited, withUnsent } from './unsent.ts'

export function outcome(model: Model, what: Outcome): Step {
  return what.kind === 'answered' ? answered(model, what.answer) : refused(model, what)
}

function answered(model: Model, answer: Answer): Step {
  const main = anyMain(model)
  if (main === undefined) return still(model)
  switch (answer.kind) {
    case 'account':
      return still(withMain(model, withAccount(main, answer.account)))
    case 'chats':
      if (answer.archived !== main.chats.archived) return still(model)
      return readWhatIsSeen(
        withMain(model, {
          ...main,
          chats: { ...main.chats, all: answer.chats, readAt: model.now },
          known: knownAfter(main, answer),
        }),
      )
    case 'chat':
      return chatRead(model, main, answer.chat)
    case 'contacts':
      return still(withMain(model, { ...main, contacts: answer.contacts }))
    case 'history':
      return history(model, main, answer)
    case 'notes': {
      const notes = answer.events.map(noteOf).filter((note) => note !== undefined)
      return still(
        withMain(
          model,
          changeThread(main, answer.chat, (thread) => withNotes(thread, notes)),
        ),
      )
    }
    case 'state':
      return restored(model, main, answer.state)
    case 'done':
      return done(model, main, answer)
    case 'located':
      return goToMessage(model, answer.message.chat.id, answer.message.id)
    case 'sent':
      return doing(model, ask({ kind: 'chats', archived: main.chats.archived }))
    default:
      return shown(model, main, answer)
  }
}

function done(model: Model, main: Main, answer: Extract<Answer, { kind: 'done' }>): Step {
  const { text, person } = answer
  const told = text === undefined ? still(model) : toasted(still(model), 'good', text)
  // Nobody is taken away from what they are writing, or looking at.
  const isFree = main.overlays.length === 0 && composerOf(main).editor.text === ''
  return person === undefined || !isFree ? told : andThen(told, (next) => openPerson(next, person))
}

/** In its place; what belongs elsewhere in the list, or in another, is found by reading all of it. */
function chatRead(model: Model, main: Main, chat: ChatListJson): Step {
  const { all, archived } = main.chats
  const before = all?.find(({ id }) => id === chat.id)
  if (all === undefined || before?.pinned !== chat.pinned || archived !== chat.archived) {
    return doing(model, ask({ kind: 'chats', archived }))
  }
  return readWhatIsSeen(
    withMain(model, {
      ...main,
      chats: { ...main.chats, all: all.map((one) => (one === before ? chat : one)) },
      known: new Map(main.known).set(chat.id, chat),
    }),
  )
}

/** Whoever is not in the list any more is in the archive. */
function knownAfter(main: Main, { archived, chats }: Extract<Answer, { kind: 'chats' }>) {
  const before = archived
    ? main.known
    : new Map([...main.known].map(([id, chat]) => [id, { ...chat, archived: true }] as const))
  return new Map([...before, ...chats.map((chat) => [chat.id, chat] as const)])
}

const withAccount = (main: Main, account: NonNullable<Main['account']>): Main => ({
  ...main,
  account,
  outbox: account.outbox,
  link: account.connected
    ? { kind: 'online' }
    : main.link.kind === 'online'
      ? { kind: 'connecting' }
      : main.link,
})

function history(model: Model, main: Main, answer: Extract<Answer, { kind: 'history' }>): Step {
  const { chat, place } = answer
  const held = main.threads.get(chat)
  // A page of what was let go of meanwhile.
  if (held === undefined && (place === 'older' || place === 'newer')) return still(model)
  const before = held ?? beingRead(chat)
  const unread = chatNamed(main, chat)?.unread ?? 0
  const plain = loaded(before, answer)
  const thread = place === 'end' && before.state === 'reading' ? markNew(plain, unread) : plain
  const threads = new Map(main.threads).set(chat, thread)
  const next = withMain(model, { ...main, threads })
  const oldest = thread.messages[0]?.received_at
  const step = readWhatIsSeen(next)
  if (oldest === undefined || place === 'newer') return step
  // What happened since then is there already.
  const until = place === 'older' ? before.messages[0]?.received_at : undefined
  const notes = { kind: 'notes', chat, since: oldest } as const
  return also(step, ask(until === undefined ? notes : { ...notes, until }))
}

/** Answers that belong to an overlay; one that was closed meanwhile wants them no more. */
function shown(model: Model, main: Main, answer: Answer): Step {
  const top = topOf(main)
  switch (answer.kind) {
    case 'search':
      if (top?.kind !== 'search' || top.number !== answer.number) return still(model)
      return still(
        withMain(
          model,
          turned(main, { ...top, results: answer.messages.toReversed(), selected: 0, busy: false }),
        ),
      )
    case 'verify':
      if (top?.kind !== 'verify') return still(model)
      return still(
        withMain(
          model,
          turned(main, { ...top, verification: answer.verification, failure: undefined }),
        ),
      )
    case 'doctor':
      if (top?.kind !== 'page' || top.name !== 'doctor') return still(model)
      return still(
        withMain(model, turned(main, { ...top, busy: false, lines: checkLines(answer.checks) })),
      )
    case 'server':
      if (top?.kind !== 'page' || top.name !== 'server') return still(model)
      return still(
        withMain(model, turned(main, { ...top, busy: false, lines: serverLines(answer) })),
      )
    case 'recoveryKey':
      if (top?.kind !== 'page' || top.name !== 'recovery') return still(model)
      return still(
        withMain(
          model,
          turned(main, {
            ...top,
            busy: false,
            lines: [
              { text: safe`Whoever has this key is you. Keep it on paper, not on this machine.` },
              { text: safe`` },
              { text: safeText(answer.key), mood: 'strong' },
            ],
          }),
        ),
      )
    case 'pinned':
      return still(
        withMain(
          model,
          opened(main, messagePicker(safe`Pinned`, answer.messages, 'message.show', model.now)),
        ),
      )
    case 'scheduled':
      return still(
        withMain(
          model,
          opened(
            main,
            messagePicker(
              safe`Scheduled; Enter cancels one`,
              answer.messages,
              'scheduled.cancel',
              model.now,
            ),
          ),
        ),
      )
    default:
      return still(model)
  }
}

function refused(model: Model, { request, failure }: Extract<Outcome, { kind: 'refused' }>): Step {
  // It is gone, most likely: the list says what is so.
  if (request.kind === 'chat') return again(model)
  const step = failed(giveBack(model, request), failure)
  const main = anyMain(step.model)
  const top = main === undefined ? undefined : topOf(main)
  if (main === undefined || top === undefined) return step
  if (request.kind === 'verify' && top.kind === 'verify') {
    return still(withMain(model, turned(main, { ...top, failure: failure.message })))
  }
  if (top.kind === 'page' && top.busy) {
    const lines = [{ text: failure.message, mood: 'bad' as const }]
    return still(withMain(model, turned(main, { ...top, busy: false, lines })))
  }
  if (request.kind === 'search' && top.kind === 'search') {
    return { ...step, model: withMain(step.model, turned(main, { ...top, busy: false })) }
  }
  return step
}

const again = (model: Model): Step => {
  const main = anyMain(model)
  return main === undefined
    ? still(model)
    : doing(model, ask({ kind: 'chats', archived: main.chats.archived }))
}

/** What could not be done is as it was before. */
function giveBack(model: Model, request: Request): Step {
  const main = anyMain(model)
  if (main === undefined) return still(model)
  switch (request.kind) {
    case 'history':
      return unread(model, main, request)
    case 'send':
      return still(withMain(model, withUnsent(main, request)))
    case 'do':
      return still(withMain(model, withUnedited(main, request.deed)))
    default:
      return still(model)
  }
}

/** A page that could not be read may be asked for again. */
function unread(
  model: Model,
  main: Main,
  { chat, place }: Extract<Request, { kind: 'history' }>,
): Step {
  const isFirst = main.threads.get(chat)?.state === 'reading'
  // The place where one was, or was to go, is not there any more: the end is.
  if (place === 'around') {
    const panes = main.panes.map((pane) =>
      pane.chat === chat && pane.anchor.kind !== 'end'
        ? { ...pane, anchor: { kind: 'end' } as const, selected: undefined }
        : pane,
    )
    const next = withMain(model, { ...main, panes })
    return isFirst ? doing(next, ask({ kind: 'history', chat, place: 'end' })) : still(next)
  }
  return still(
    changeMain(model, (one) =>
      changeThread(one, chat, (thread) => ({
        ...thread,
        state: isFirst ? 'failed' : thread.state,
        older: thread.older === 'loading' ? 'more' : thread.older,
        newer: thread.newer === 'loading' ? 'more' : thread.newer,
      })),
    ),
  )
}
