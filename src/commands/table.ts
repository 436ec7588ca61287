// Every command there is. Help, completion, the parser and the config file's keys come from here.

import { CHAT_COMMANDS } from './chat/table.ts'
import { MESSAGE_COMMANDS } from './msg/table.ts'
import { KEY, type OptionSpec } from './option-spec.ts'
import { SERVER_COMMANDS } from './server/table.ts'
import type { CommandSpec } from './spec.ts'

const LIMIT: OptionSpec = { flags: '--limit <n>', summary: 'at most so many' }
const SINCE: OptionSpec = { flags: '--since <time>', summary: 'from this time on' }

const CONTACT_MODULES = {
  accept: () => import('./contact/accept.ts'),
  block: () => import('./contact/block.ts'),
  unblock: () => import('./contact/unblock.ts'),
  remove: () => import('./contact/remove.ts'),
} as const
const CONFIG_MODULES = {
  get: () => import('./config/get.ts'),
  set: () => import('./config/set.ts'),
  list: () => import('./config/list.ts'),
  path: () => import('./config/path.ts'),
} as const

const ACCOUNT: readonly CommandSpec[] = [
  {
    path: 'demo',
    args: '',
    summary: 'try everything: a server, an account and somebody who answers, all throw-away',
    module: () => import('./demo/demo.ts'),
  },
  {
    path: 'register',
    args: '<name>',
    summary: 'make an account and its first device',
    options: [
      { flags: '--server <url>', summary: 'https://host[:port][#sha256-…]' },
      { flags: '--invite <code>', summary: 'where the server admits by invite' },
      { flags: '--email <address>', summary: 'where the server asks for one' },
      { flags: '--device-name <name>', summary: 'what this device is called; default: its host' },
    ],
    module: () => import('./account/register.ts'),
  },
  {
    path: 'whoami',
    args: '',
    summary: 'this profile’s account',
    module: () => import('./account/whoami.ts'),
  },
  {
    path: 'account show',
    args: '',
    summary: 'this profile’s account',
    module: () => import('./account/whoami.ts'),
  },
  {
    path: 'account delete',
    args: '',
    summary: 'delete the account, on the server and here',
    options: [{ flags: '--confirm <name>', summary: 'the account’s name, to be sure' }],
    module: () => import('./account/delete.ts'),
  },
  {
    path: 'account recovery-key',
    args: '',
    summary: 'print the recovery key, to be written down and kept off this machine',
    module: () => import('./account/recovery-key.ts'),
  },
]

const CONTACTS: readonly CommandSpec[] = [
  {
    path: 'contact list',
    args: '',
    summary: 'contacts and message requests',
    module: () => import('./contact/list.ts'),
  },
  {
    path: 'contact add',
    args: '<name> [text]',
    summary: 'ask somebody to be a contact',
    words: ['contact'],
    module: () => import('./contact/add.ts'),
  },
  ...(['accept', 'block', 'unblock', 'remove'] as const).map(
    (verb): CommandSpec => ({
      path: `contact ${verb}`,
      args: '<name>',
      summary: {
        accept: 'accept a message request',
        block: 'take nothing from somebody any more',
        unblock: 'take messages again',
        remove: 'forget a contact; the history stays',
      }[verb],
      words: ['contact'],
      module: CONTACT_MODULES[verb],
    }),
  ),
  {
    path: 'contact alias',
    args: '<name> [alias]',
    summary: 'a name of your own for somebody; without one the old is taken away',
    words: ['contact'],
    module: () => import('./contact/alias.ts'),
  },
  {
    path: 'verify',
    args: '<name>',
    summary: 'the safety number that you and a contact compare',
    words: ['contact'],
    options: [
      { flags: '--check <digits>', summary: 'compare with these; verified if they are equal' },
      { flags: '--yes', summary: 'you compared them: mark the contact verified' },
      { flags: '--accept-change', summary: 'go on with an identity that changed' },
    ],
    module: () => import('./verify.ts'),
  },
]

const MESSAGES: readonly CommandSpec[] = [
  {
    path: 'send',
    args: '<to...>',
    summary: 'send a text, files or how a command went',
    words: ['chat'],
    rest: true,
    options: [
      { flags: '--text <text>', summary: 'the text; then every other word is a recipient' },
      { flags: '-f, --file <path>', summary: 'a file, once for each', repeat: true, words: 'file' },
      { flags: '--reply <id>', summary: 'an answer to this message', words: 'message' },
      { flags: '--expire <duration>', summary: 'it disappears after that long' },
      { flags: '--at <time>', summary: 'send it then' },
      { flags: '--silent', summary: 'without a notification' },
      KEY,
      {
        flags: '--wait <status>',
        summary: 'queued, stored (default), delivered or read',
        words: ['queued', 'stored', 'delivered', 'read'],
      },
      { flags: '--run', summary: 'run the command behind -- and send how it went' },
    ],
    module: () => import('./send.ts'),
  },
  {
    path: 'receive',
    args: '',
    summary: 'what is new, one line each, in order',
    options: [
      { flags: '--in <chat...>', summary: 'only from these', words: 'chat' },
      {
        flags: '--types <types>',
        summary: 'only these, with commas: message,edit,receipt,…',
        words: ['message', 'edit', 'delete', 'reaction', 'receipt', 'identity_changed', 'error'],
      },
      { flags: '--since <where>', summary: 'from this cursor or time on; acknowledges nothing' },
      LIMIT,
      { flags: '--follow', summary: 'go on for ever' },
      { flags: '--ack <how>', summary: 'auto (default) or manual', words: ['auto', 'manual'] },
      { flags: '--consumer <name>', summary: 'a reader with a place of its own' },
      { flags: '--download <folder>', summary: 'save attachments there', words: 'file' },
      { flags: '--exec <command>', summary: 'run it for each, with the JSON on its stdin' },
    ],
    module: () => import('./receive.ts'),
  },
  {
    path: 'ack',
    args: '<cursor>',
    summary: 'what came up to here was dealt with',
    options: [{ flags: '--consumer <name>', summary: 'of this reader' }],
    module: () => import('./ack.ts'),
  },
  {
    path: 'history',
    args: '<chat>',
    summary: 'messages of a conversation',
    words: ['chat'],
    options: [
      { flags: '--before <id>', summary: 'older than this message', words: 'message' },
      { flags: '--after <id>', summary: 'newer than this message', words: 'message' },
      { flags: '--pinned', summary: 'only what is pinned' },
      { flags: '--scheduled', summary: 'only what waits for its time' },
      SINCE,
      LIMIT,
    ],
    module: () => import('./history.ts'),
  },
  {
    path: 'search',
    args: '<query>',
    summary: 'find messages on this device',
    options: [
      { flags: '--in <chat>', summary: 'only in this conversation', words: 'chat' },
      { flags: '--from <name>', summary: 'only from this person', words: 'contact' },
      SINCE,
      LIMIT,
    ],
    module: () => import('./search.ts'),
  },
  {
    path: 'export',
    args: '<chat>',
    summary: 'write a conversation to a file',
    words: ['chat'],
    options: [
      {
        flags: '--format <format>',
        summary: 'jsonl, md or html; default: as the file is called',
        words: ['jsonl', 'md', 'html'],
      },
      { flags: '-o, --output <path>', summary: 'the file, which must not be there', words: 'file' },
    ],
    module: () => import('./export.ts'),
  },
  {
    path: 'download',
    args: '<id>',
    summary: 'save an attachment',
    options: [{ flags: '-o, --output <path>', summary: 'a file or a folder', words: 'file' }],
    module: () => import('./download.ts'),
  },
]

const MACHINE: readonly CommandSpec[] = [
  {
    path: 'daemon run',
    args: '',
    summary: 'hold the profile and its connection, in the foreground',
    module: () => import('./daemon/run.ts'),
  },
  {
    path: 'daemon start',
    args: '',
    summary: 'the same in the background',
    module: () => import('./daemon/start.ts'),
  },
  {
    path: 'daemon stop',
    args: '',
    summary: 'ask it to leave',
    module: () => import('./daemon/stop.ts'),
  },
  {
    path: 'daemon status',
    args: '',
    summary: 'who holds the profile',
    module: () => import('./daemon/status.ts'),
  },
  {
    path: 'rpc',
    args: '',
    summary: 'JSON-RPC 2.0 on stdin and stdout',
    module: () => import('./rpc.ts'),
  },
  {
    path: 'doctor',
    args: '',
    summary: 'check everything, and say how to mend it',
    options: [{ flags: '--mend', summary: 'mend what can be mended without you' }],
    module: () => import('./doctor.ts'),
  },
  ...(['get', 'set', 'list', 'path'] as const).map(
    (verb): CommandSpec => ({
      path: `config ${verb}`,
      args: { get: '<key>', set: '<key> [value]', list: '', path: '' }[verb],
      summary: {
        get: 'one setting',
        set: 'change a setting; without a value it is taken away',
        list: 'what is set',
        path: 'where the file is',
      }[verb],
      module: CONFIG_MODULES[verb],
    }),
  ),
  {
    path: 'completion',
    args: '<shell>',
    summary: 'a script for bash, zsh or fish: source <(sotto completion bash)',
    words: [['bash', 'zsh', 'fish']],
    module: () => import('./completion.ts'),
  },
  {
    path: '__complete',
    args: '[words...]',
    summary: 'what could stand here',
    hidden: true,
    rest: true,
    module: () => import('./complete.ts'),
  },
]

/** In the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  ...ACCOUNT,
  ...CONTACTS,
  ...MESSAGES,
  ...CHAT_COMMANDS,
  ...MESSAGE_COMMANDS,
  ...MACHINE,
  ...SERVER_COMMANDS,
]
