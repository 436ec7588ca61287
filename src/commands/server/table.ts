// The commands of the bundled server and of its operator.

import type { CommandSpec, OptionSpec } from '../spec.ts'

const DATA: OptionSpec = { flags: '--data <dir>', summary: 'the data folder', words: 'file' }
const CONFIG: OptionSpec = { flags: '--config <file>', summary: 'server.toml', words: 'file' }
const ADMIN: OptionSpec = {
  flags: '--admin <address>',
  summary: 'the operator’s listener; default: that of the data folder',
}

const admin = (
  path: string,
  args: string,
  summary: string,
  options: readonly OptionSpec[] = [],
): CommandSpec => ({
  path: `server ${path}`,
  args,
  summary,
  options: [DATA, CONFIG, ADMIN, ...options],
  module: () => import('./admin.ts'),
})

export const SERVER_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'server run',
    args: '',
    summary: 'run the server',
    options: [
      { flags: '--listen <host:port>', summary: 'default 127.0.0.1:7777' },
      DATA,
      { flags: '--registration <policy>', summary: 'invite (default) or open' },
      { flags: '--tls-cert <file>', summary: 'certificate chain, PEM', words: 'file' },
      { flags: '--tls-key <file>', summary: 'its key, PEM', words: 'file' },
      CONFIG,
    ],
    module: () => import('./run.ts'),
  },
  {
    path: 'server init',
    args: '',
    summary: 'write a commented config',
    options: [DATA, CONFIG],
    module: () => import('./init.ts'),
  },
  {
    path: 'server backup',
    args: '<file>',
    summary: 'a consistent copy of a running server',
    words: ['file'],
    options: [DATA, CONFIG],
    module: () => import('./backup.ts'),
  },
  {
    path: 'server restore',
    args: '<file>',
    summary: 'a data folder from a copy',
    words: ['file'],
    options: [DATA, CONFIG, { flags: '--check', summary: 'only verify the copy' }],
    module: () => import('./restore.ts'),
  },
  {
    path: 'server doctor',
    args: '',
    summary: 'check the server, and say how to mend it',
    options: [DATA, CONFIG],
    module: () => import('./doctor.ts'),
  },
  admin('user list', '', 'accounts'),
  admin('user show', '<name>', 'one account'),
  admin('user disable', '<name>', 'shut an account out'),
  admin('user enable', '<name>', 'let it in again'),
  admin('user delete', '<name>', 'delete an account and all it has here'),
  admin('invite create', '', 'a code for new accounts', [
    { flags: '--uses <n>', summary: 'for how many; default 1' },
    { flags: '--expires <duration>', summary: 'for how long; default 7d' },
  ]),
  admin('invite list', '', 'codes that are not used up'),
  admin('invite revoke', '<code>', 'make a code worthless'),
  admin('stats', '', 'counts and sizes'),
]
