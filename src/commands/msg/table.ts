// What is done to one message.

import { KEY } from '../option-spec.ts'
import type { CommandSpec } from '../spec.ts'

export const MESSAGE_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'msg show',
    args: '<id>',
    summary: 'one message',
    words: ['message'],
    module: () => import('./show.ts'),
  },
  {
    path: 'msg edit',
    args: '<id> <text>',
    summary: 'replace the text of your message',
    words: ['message'],
    module: () => import('./edit.ts'),
  },
  {
    path: 'msg delete',
    args: '<id>',
    summary: 'delete a message here',
    words: ['message'],
    options: [{ flags: '--for-everyone', summary: 'and ask the others’ devices to do so' }],
    module: () => import('./delete.ts'),
  },
  {
    path: 'msg react',
    args: '<id> <emoji>',
    summary: 'react to a message',
    words: ['message'],
    module: () => import('./react.ts'),
  },
  {
    path: 'msg unreact',
    args: '<id> <emoji>',
    summary: 'take a reaction back',
    words: ['message'],
    module: () => import('./unreact.ts'),
  },
  {
    path: 'msg pin',
    args: '<id>',
    summary: 'pin a message in its conversation',
    words: ['message'],
    module: () => import('./pin.ts'),
  },
  {
    path: 'msg unpin',
    args: '<id>',
    summary: 'unpin it',
    words: ['message'],
    module: () => import('./unpin.ts'),
  },
  {
    path: 'msg forward',
    args: '<id> <to>',
    summary: 'send it on to somebody else',
    words: ['message', 'chat'],
    options: [KEY],
    module: () => import('./forward.ts'),
  },
]
