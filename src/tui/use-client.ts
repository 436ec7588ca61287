// The one place where the screen meets the façade: requests become calls, and what comes back becomes
// answers.

import type { Client, EventJson, MessageJson } from '../client/api.ts'
import { ClientError } from '../client/api.ts'
import { isolated, safe, safeText } from '../protocol/safe-text.ts'
import { hintHere } from './hint.ts'
import type { Failure } from './model.ts'
import type { Answer, Deed, Outcome, Request } from './request.ts'
import { HISTORY_PAGE, NOTED } from './update/thread.ts'

/** Half before and half behind the message that one goes to. */
const AROUND = HISTORY_PAGE / 2
const SEARCH_LIMIT = 200
const LISTED_LIMIT = 1_000
const NOTES_LIMIT = 500

export async function outcomeOf(client: Client, request: Request): Promise<Outcome> {
  try {
    return { kind: 'answered', answer: await answerTo(client, request) }
  } catch (error) {
    return { kind: 'refused', request, failure: failureHere(error) }
  }
}

/** With the main screen at hand, where advice is typed behind a slash. */
function failureHere(error: unknown): Failure {
  const failure = failureOf(error)
  const { hint } = failure
  return hint === undefined ? failure : { ...failure, hint: safeText(hintHere(hint)) }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ClientError) {
    const hint = error.hint === undefined ? undefined : safeText(error.hint)
    return { code: error.code, message: safeText(error.message), hint }
  }
  return {
    code: 'bug',
    message: safeText('Something went wrong inside sotto.'),
    hint: undefined,
  }
}

async function answerTo(client: Client, request: Request): Promise<Answer> {
  switch (request.kind) {
    case 'account':
      return { kind: 'account', account: await client.call('whoami', {}) }
    case 'chats': {
      const { archived } = request
      const { chats } = await client.call('chats', archived ? { archived } : {})
      return { kind: 'chats', archived, chats }
    }
    case 'chat':
      return { kind: 'chat', chat: await client.call('chat.show', { chat: request.chat }) }
    case 'contacts':
      return { kind: 'contacts', contacts: (await client.call('contact.list', {})).contacts }
    case 'history':
      return history(client, request)
    case 'notes': {
      const { chat, kind: _, ...when } = request
      const asked = { in: [chat], types: NOTED, ...when, limit: NOTES_LIMIT }
      const { events } = await client.call('receive', asked)
      return { kind: 'notes', chat, events: events.filter(isEvent) }
    }
    case 'pinned':
    case 'scheduled': {
      const { chat, kind } = request
      const asked = { chat, only: kind, limit: LISTED_LIMIT } as const
      return { kind, messages: (await client.call('history', asked)).messages }
    }
    case 'search': {
      const { number, query, within } = request
      const asked = { query, limit: SEARCH_LIMIT, ...(within === undefined ? {} : { in: within }) }
      return { kind: 'search', number, messages: (await client.call('search', asked)).messages }
    }
    case 'locate':
      return { kind: 'located', message: await client.call('msg.show', { id: request.id }) }
    case 'send':
      return send(client, request)
    case 'forward': {
      const { id, to, key } = request
      return sent(to, await client.call('msg.forward', { id, to, idempotencyKey: key }))
    }
    default:
      return answerToOthers(client, request)
  }
}

type Rest = Extract<
  Request,
  { kind: 'verify' | 'recoveryKey' | 'doctor' | 'server' | 'loadState' | 'do' }
>

async function answerToOthers(client: Client, request: Rest): Promise<Answer> {
  switch (request.kind) {
    case 'verify':
      return { kind: 'verify', verification: await client.call('verify', request.params) }
    case 'recoveryKey':
      return { kind: 'recoveryKey', key: (await client.call('account.recoveryKey', {})).key }
    case 'doctor': {
      const asked = request.mend ? { mend: true } : {}
      return { kind: 'doctor', checks: (await client.call('doctor', asked)).checks }
    }
    case 'server': {
      const account = await client.call('whoami', {})
      const { pid, daemon, clients } = await client.call('status', {})
      return { kind: 'server', account, holder: { pid, daemon, clients } }
    }
    case 'loadState': {
      const { state } = await client.call('screen.load', {})
      return { kind: 'state', state: state ?? undefined }
    }
    case 'do': {
      const { deed } = request
      if (deed.method !== 'download') {
        await done(client, deed)
        const { done: text, person } = request
        return { kind: 'done', text, ...(person === undefined ? {} : { person }) }
      }
      // Its name may be another one than in the message: nothing is written over.
      const { path } = await client.call('download', deed.params)
      return { kind: 'done', text: safe`Saved as ${isolated(safeText(path))}` }
    }
  }
}

const done = (client: Client, { method, params }: Deed): Promise<unknown> =>
  client.call(method, params as never)

async function history(
  client: Client,
  { chat, from, place }: Extract<Request, { kind: 'history' }>,
): Promise<Answer> {
  const made = (messages: readonly MessageJson[], older: boolean, newer: boolean): Answer => ({
    kind: 'history',
    chat,
    place,
    ...(from === undefined ? {} : { from }),
    messages,
    older,
    newer,
  })
  const page = (more: object): ReturnType<typeof client.call<'history'>> =>
    client.call('history', { chat, limit: HISTORY_PAGE, ...more })
  if (place === 'end' || from === undefined) {
    const { messages, more } = await page({})
    return made(messages, more, false)
  }
  if (place === 'older') {
    const { messages, more } = await page({ before: from })
    return made(messages, more, true)
  }
  if (place === 'newer') {
    const { messages, more } = await page({ after: from })
    return made(messages, true, more)
  }
  const [before, here, behind] = await Promise.all([
    page({ before: from, limit: AROUND }),
    client.call('msg.show', { id: from }),
    page({ after: from, limit: AROUND }),
  ])
  return made([...before.messages, here, ...behind.messages], before.more, behind.more)
}

async function send(client: Client, request: Extract<Request, { kind: 'send' }>): Promise<Answer> {
  const { at, expire, files, key, reply, silent, text, to } = request
  const answer = await client.call('send', {
    to: [to],
    ...(text === '' ? {} : { text }),
    ...(files.length === 0 ? {} : { files }),
    ...(reply === undefined ? {} : { reply }),
    ...(at === undefined ? {} : { at }),
    ...(expire === undefined ? {} : { expire }),
    ...(silent === undefined ? {} : { silent }),
    idempotencyKey: key,
    wait: 'queued',
  })
  return sent(to, answer)
}

function sent(
  to: string,
  {
    results,
  }: {
    readonly results: readonly {
      readonly message?: MessageJson
      readonly error?: {
        readonly code: string
        readonly message: string
        readonly hint: string | null
      }
    }[]
  },
): Answer {
  const [result] = results
  if (result?.message !== undefined) return { kind: 'sent', to, message: result.message }
  const { hint, message } = result?.error ?? { hint: null, message: 'The message went nowhere.' }
  throw new ClientError('server', message, hint === null ? {} : { hint })
}

const isEvent = (event: MessageJson | EventJson): event is EventJson => event.type !== 'message'
