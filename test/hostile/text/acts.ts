// Every command of the program, each on a profile full of hostile text, and with hostile words of
// its own where it takes words. In an order that leaves something to show for the later ones.

import { join } from 'node:path'
import { SHORT_ATTACK as SHORT } from '../corpus.ts'
import type { Form, Stage } from './stage.ts'

/** As a process is given it: no half characters. */
const SHORT_ATTACK = SHORT.toWellFormed()

export interface Act {
  readonly argv: readonly string[]
  readonly stdin?: string
  /** Ends the command when its output has this. */
  readonly until?: RegExp
  /** Something of mallory's is in what it shows: the sweep must see it there. */
  readonly shows?: true
  /** Where it has not all of them, or looks alike in them. */
  readonly forms?: readonly Form[]
  /** By itself, as a process: it speaks on the process's own streams. */
  readonly process?: true
}

const act = (...argv: readonly string[]): Act => ({ argv })
const showing = (...argv: readonly string[]): Act => ({ argv, shows: true })
const speaking = (...argv: readonly string[]): Act => ({ argv, forms: ['plain'] })
const answering = (stdin: string, ...argv: readonly string[]): Act => ({ argv, stdin })

/** By the command's path. */
export function actsOn(stage: Stage): Readonly<Record<string, readonly Act[]>> {
  const [first] = stage.received
  const withFile = stage.received.filter(({ attachments }) => attachments.length > 0)
  const own = (name: string): string => join(stage.folder, name)
  const id = first?.id ?? ''
  return {
    ...readingActs(stage, id),
    ...writingActs(stage, id),
    ...machineActs(own),
    download: withFile.map(({ id }) => act('download', id, '-o', own('inbox/'))),
    export: [
      ...(['md', 'jsonl', 'html'] as const).map((format) => ({
        argv: ['export', 'mallory', '-o', own(`mallory.${format}`)],
        forms: ['plain'] as const,
      })),
      act('export', SHORT_ATTACK),
      act('export', 'me', '-o', own(`${SHORT_ATTACK.replaceAll('\0', '')}.md`)),
      act('export', 'me', '--format', SHORT_ATTACK),
    ],
    'chat delete': [
      answering('n\n', 'chat', 'delete', SHORT_ATTACK),
      act('chat', 'delete', SHORT_ATTACK, '--yes'),
    ],
    'daemon stop': [act('daemon', 'stop')],
    'account delete': [
      answering(`${SHORT_ATTACK}\n`, 'account', 'delete'),
      act('account', 'delete', '--confirm', SHORT_ATTACK),
    ],
    demo: [act('demo', SHORT_ATTACK)],
  }
}

const readingActs = ({ received }: Stage, id: string) => ({
  whoami: [showing('whoami'), showing('whoami', '-v')],
  'account show': [showing('account', 'show')],
  'account recovery-key': [act('account', 'recovery-key')],
  'contact list': [showing('contact', 'list')],
  verify: [act('verify', 'mallory'), act('verify', SHORT_ATTACK)],
  receive: [
    showing('receive', '--since', '0', '--limit', '1000'),
    showing('receive', '--since', '0', '--limit', '3', '--exec', LOUD),
  ],
  ack: [act('ack', SHORT_ATTACK)],
  history: [
    showing('history', 'mallory', '--limit', '1000'),
    showing('history', 'me'),
    act('history', SHORT_ATTACK),
  ],
  search: [showing('search', 'owned'), act('search', SHORT_ATTACK)],
  chats: [showing('chats'), act('chats', '--archived')],
  'chat show': [act('chat', 'show', 'mallory'), act('chat', 'show', SHORT_ATTACK)],
  'msg show': [
    ...received
      .filter(({ body }) => body.includes('owned'))
      .map((row) => showing('msg', 'show', row.id))
      .slice(0, 20),
    act('msg', 'show', SHORT_ATTACK),
    act('msg', 'show', id.slice(0, 6)),
  ],
  // On a terminal it opens the screen: screen-walk.ts.
  chat: [act('chat', 'mallory'), act('chat', SHORT_ATTACK)],
})

/** A command that prints what it likes on its stderr. */
const LOUD = `sh -c 'cat >&2; printf "\\033]0;owned\\007\\233\\061\\302\\233A\\rFAKE" >&2'`

const writingActs = ({ folder }: Stage, id: string) => ({
  register: [
    act('register', SHORT_ATTACK, '--server', 'http://127.0.0.1:9', '--profile', 'other'),
    act('register', 'bob', '--server', `http://${SHORT_ATTACK}`, '--profile', 'other'),
    act('register', 'bob', '--server', 'http://127.0.0.1:9', '--profile', SHORT_ATTACK),
    act('register', 'bob', '--server', 'http://127.0.0.1:9', '--home', SHORT_ATTACK),
  ],
  'contact add': [act('contact', 'add', SHORT_ATTACK, SHORT_ATTACK)],
  'contact accept': [act('contact', 'accept', SHORT_ATTACK)],
  'contact block': [act('contact', 'block', SHORT_ATTACK), showing('contact', 'block', 'mallory')],
  'contact unblock': [showing('contact', 'unblock', 'mallory')],
  'contact alias': [
    showing('contact', 'alias', 'mallory', SHORT_ATTACK),
    act('contact', 'alias', 'mallory', SHORT_ATTACK.repeat(10)),
  ],
  'contact remove': [act('contact', 'remove', SHORT_ATTACK)],
  send: [
    act('send', 'mallory', SHORT_ATTACK, '--wait', 'queued'),
    act('send', SHORT_ATTACK, 'x'),
    act('send', 'me', SHORT_ATTACK, 'mallory', '--text', 'x', '--wait', 'queued'),
    act('send', 'me', '-f', `${folder}/${SHORT_ATTACK.replaceAll('/', '').replaceAll('\0', '')}`),
    act('send', 'me', '--run', '--', 'printf', '\\033]0;owned\\007\\302\\233A'),
    act('send', 'me', '--run', '--', SHORT_ATTACK.replaceAll('\0', '')),
    answering(SHORT_ATTACK, 'send', 'me', '-'),
  ],
  'chat mute': [act('chat', 'mute', SHORT_ATTACK), act('chat', 'mute', 'mallory')],
  'chat archive': [
    act('chat', 'archive', SHORT_ATTACK),
    act('chat', 'archive', 'mallory', '--off'),
  ],
  'chat pin': [act('chat', 'pin', SHORT_ATTACK), act('chat', 'pin', 'mallory')],
  'chat expire': [
    act('chat', 'expire', 'mallory', SHORT_ATTACK),
    act('chat', 'expire', 'mallory', '1d'),
  ],
  'chat read': [act('chat', 'read', SHORT_ATTACK), act('chat', 'read', 'mallory')],
  'msg edit': [act('msg', 'edit', id, SHORT_ATTACK), act('msg', 'edit', SHORT_ATTACK, 'x')],
  'msg react': [act('msg', 'react', id, SHORT_ATTACK), act('msg', 'react', id, '\u05d0')],
  'msg unreact': [act('msg', 'unreact', id, '\u05d0'), act('msg', 'unreact', id, SHORT_ATTACK)],
  'msg pin': [act('msg', 'pin', id), act('msg', 'pin', SHORT_ATTACK)],
  'msg unpin': [act('msg', 'unpin', id), act('msg', 'unpin', SHORT_ATTACK)],
  'msg forward': [act('msg', 'forward', id, 'me'), act('msg', 'forward', id, SHORT_ATTACK)],
  'msg delete': [act('msg', 'delete', id), act('msg', 'delete', SHORT_ATTACK)],
})

const machineActs = (own: (name: string) => string) => ({
  'daemon run': [act('daemon', 'run')],
  'daemon start': [act('daemon', 'start')],
  'daemon status': [act('daemon', 'status')],
  rpc: [
    {
      argv: ['rpc'],
      process: true as const,
      forms: ['json'] as const,
      shows: true as const,
      stdin: [
        { method: 'history', params: { chat: 'mallory', limit: 1000 } },
        { method: SHORT_ATTACK, params: {} },
        { method: 'chat.show', params: { chat: SHORT_ATTACK } },
      ]
        .map((call, at) => `${JSON.stringify({ jsonrpc: '2.0', id: at, ...call })}\n`)
        .join(''),
    },
  ],
  doctor: [act('doctor')],
  'config set': [
    act('config', 'set', SHORT_ATTACK, 'x'),
    act('config', 'set', 'receive.exec', SHORT_ATTACK.toWellFormed()),
  ],
  'config get': [showing('config', 'get', 'receive.exec'), act('config', 'get', SHORT_ATTACK)],
  'config list': [showing('config', 'list')],
  'config path': [act('config', 'path')],
  completion: [speaking('completion', 'bash'), act('completion', SHORT_ATTACK)],
  __complete: [
    speaking('__complete', '--', 'send', ''),
    speaking('__complete', '--', 'msg', 'show', ''),
    speaking('__complete', '--', 'contact', 'alias', SHORT_ATTACK),
    speaking('__complete', '--', SHORT_ATTACK, SHORT_ATTACK),
  ],
  'server init': [act('server', 'init', '--data', own('\x1b]0;owned\x07'))],
  'server run': [
    {
      argv: [
        ...['server', 'run', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'],
        ...['--log-level', 'silent', '--data', own('\x1b]0;owned\x07 server')],
      ],
      forms: ['plain', 'json'] as const,
      until: /listener on|"type":"server"/,
    },
    act('server', 'run', '--listen', SHORT_ATTACK, '--data', own('other')),
    act('server', 'run', '--registration', SHORT_ATTACK, '--data', own('other')),
  ],
})

/** Of the operator, on the server's own data folder. */
export function operatorActs({ server, folder }: Stage): Readonly<Record<string, readonly Act[]>> {
  const data = ['--data', server.data]
  const copy = join(folder, '\x1b]0;owned\x07 copy')
  return {
    'server user list': [act('server', 'user', 'list', ...data)],
    'server user show': [act('server', 'user', 'show', SHORT_ATTACK, ...data)],
    'server user disable': [act('server', 'user', 'disable', SHORT_ATTACK, ...data)],
    'server user enable': [act('server', 'user', 'enable', SHORT_ATTACK, ...data)],
    'server user delete': [act('server', 'user', 'delete', SHORT_ATTACK, ...data)],
    'server invite create': [act('server', 'invite', 'create', ...data)],
    'server invite list': [act('server', 'invite', 'list', ...data)],
    'server invite revoke': [act('server', 'invite', 'revoke', SHORT_ATTACK, ...data)],
    'server stats': [act('server', 'stats', ...data)],
    'server doctor': [act('server', 'doctor', ...data)],
    'server backup': [showing('server', 'backup', copy, ...data)],
    'server restore': [
      showing('server', 'restore', copy, '--check', '--data', join(folder, 'new')),
    ],
  }
}
