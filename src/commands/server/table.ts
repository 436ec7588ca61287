// The commands of the bundled server and of its operator.

import type { OptionSpec } from '../option-spec.ts'
import type { CommandSpec } from '../spec.ts'

const DATA: OptionSpec = { flags: '--data <dir>', summary: 'the data folder', words: 'file' }
const CONFIG: OptionSpec = {
  flags: '--config <file>',
  summary: 'default: config.toml in the data folder',
  words: 'file',
}

const OPERATOR: readonly CommandSpec[] = [
  {
    path: 'server user list',
    args: '',
    summary: 'accounts',
    module: () => import('./user/list.ts'),
  },
  {
    path: 'server user show',
    args: '<name>',
    summary: 'one account',
    module: () => import('./user/show.ts'),
  },
  {
    path: 'server user disable',
    args: '<name>',
    summary: 'shut an account out',
    module: () => import('./user/disable.ts'),
  },
  {
    path: 'server user enable',
    args: '<name>',
    summary: 'let it in again',
    module: () => import('./user/enable.ts'),
  },
  {
    path: 'server user delete',
    args: '<name>',
    summary: 'delete an account and all it has here',
    module: () => import('./user/delete.ts'),
  },
  {
    path: 'server invite create',
    args: '',
    summary: 'a code for new accounts',
    options: [
      { flags: '--uses <n>', summary: 'for how many' },
      { flags: '--expires <duration>', summary: 'for how long' },
    ],
    module: () => import('./invite/create.ts'),
  },
  {
    path: 'server invite list',
    args: '',
    summary: 'invites that are not used up',
    module: () => import('./invite/list.ts'),
  },
  {
    path: 'server invite revoke',
    args: '<id>',
    summary: 'make an invite worthless',
    module: () => import('./invite/revoke.ts'),
  },
  {
    path: 'server stats',
    args: '',
    summary: 'counts and sizes',
    module: () => import('./stats.ts'),
  },
]

export const SERVER_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'server run',
    args: '',
    summary: 'run the server',
    options: [
      { flags: '--listen <host:port>', summary: 'default 127.0.0.1:7700' },
      { flags: '--admin-listen <host:port>', summary: 'health and metrics; default: loopback' },
      DATA,
      {
        flags: '--registration <policy>',
        summary: 'invite (default) or open',
        words: ['invite', 'open'],
      },
      { flags: '--tls-cert <file>', summary: 'certificate chain, PEM', words: 'file' },
      { flags: '--tls-key <file>', summary: 'its key, PEM', words: 'file' },
      {
        flags: '--trust-proxy <address>',
        summary: 'whose X-Forwarded-For is believed; once for each',
        repeat: true,
      },
      { flags: '--log-level <level>', summary: 'silent, error, warn, info, debug, trace' },
      CONFIG,
      // Of another edition: the server says so itself.
      { flags: '--database <url>', summary: 'where the logs are', hidden: true },
      { flags: '--bus <url>', summary: 'between machines', hidden: true },
      { flags: '--blobs <url>', summary: 'where files are', hidden: true },
    ],
    module: () => import('./run.ts'),
  },
  {
    path: 'server init',
    args: '',
    summary: 'write a commented config',
    options: [DATA],
    module: () => import('./init.ts'),
  },
  {
    path: 'server backup',
    args: '<folder>',
    summary: 'a consistent copy, while the server runs',
    words: ['file'],
    options: [DATA],
    module: () => import('./backup.ts'),
  },
  {
    path: 'server restore',
    args: '<folder>',
    summary: 'a data folder from a copy',
    words: ['file'],
    options: [DATA, { flags: '--check', summary: 'only see whether the copy is whole' }],
    module: () => import('./restore.ts'),
  },
  {
    path: 'server doctor',
    args: '',
    summary: 'check the server, and say how to mend it',
    options: [DATA, CONFIG],
    module: () => import('./doctor.ts'),
  },
  ...OPERATOR.map((spec) => ({ ...spec, options: [DATA, ...(spec.options ?? [])] })),
]
