// Conversations and their settings.

import type { OptionSpec } from '../option-spec.ts'
import type { CommandSpec } from '../spec.ts'

const OFF: OptionSpec = { flags: '--off', summary: 'take it back' }

export const CHAT_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'chat',
    args: '[chat]',
    summary: 'open the screen at a conversation',
    words: ['chat'],
    module: () => import('./talk.ts'),
  },
  {
    path: 'chats',
    args: '',
    summary: 'conversations',
    options: [{ flags: '--archived', summary: 'the archived ones' }],
    module: () => import('./list.ts'),
  },
  {
    path: 'chat show',
    args: '<chat>',
    summary: 'one conversation and its settings',
    words: ['chat'],
    module: () => import('./show.ts'),
  },
  {
    path: 'chat mute',
    args: '<chat>',
    summary: 'no notifications',
    words: ['chat'],
    options: [{ flags: '--for <duration>', summary: 'for so long' }, OFF],
    module: () => import('./mute.ts'),
  },
  {
    path: 'chat archive',
    args: '<chat>',
    summary: 'out of the list until something comes',
    words: ['chat'],
    options: [OFF],
    module: () => import('./archive.ts'),
  },
  {
    path: 'chat pin',
    args: '<chat>',
    summary: 'to the top of the list',
    words: ['chat'],
    options: [OFF],
    module: () => import('./pin.ts'),
  },
  {
    path: 'chat delete',
    args: '<chat>',
    summary: 'delete a conversation on this device',
    words: ['chat'],
    options: [{ flags: '--yes', summary: 'do not ask' }],
    module: () => import('./delete.ts'),
  },
  {
    path: 'chat expire',
    args: '<chat> <after>',
    summary: 'messages disappear after that long; off keeps them',
    words: ['chat', ['off', '1h', '1d', '7d', '30d']],
    module: () => import('./expire.ts'),
  },
  {
    path: 'chat read',
    args: '<chat>',
    summary: 'mark everything read',
    words: ['chat'],
    module: () => import('./read.ts'),
  },
]
