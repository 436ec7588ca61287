// The pages behind `sotto help TOPIC`.

import { FAILURES } from '../../client/api.ts'

const EXIT_CODES = `Exit codes

  0    done
  1    an unexpected error: a bug; says where the log is
  2    bad usage or bad input
  3    the server or the network (or the disk) failed
  4    untrusted identity: it changed, and the change was not accepted
  5    rate limited; the error says until when
  6    not allowed, locked or not set up: no profile, no keychain, wrong passphrase,
       disabled, blocked, not an admin
  7    partial: some recipients have it, some not; each has its own line
  8    timed out or queued: not stored by the server yet. It is durable in the outbox;
       the same --idempotency-key is safe
  9    no such chat, user, group or message, or an ambiguous name
  130  stopped by SIGINT
  143  stopped by SIGTERM

The code of each error (\`code\` with --json):

`

const codeLines = (): string =>
  [...new Set(Object.values(FAILURES))]
    .sort((a, b) => a - b)
    .map((exit) => {
      const codes = Object.entries(FAILURES).filter(([, code]) => code === exit)
      return `  ${String(exit).padEnd(4)} ${codes.map(([name]) => name).join(', ')}`
    })
    .join('\n')

const ENVIRONMENT = `Environment

A flag goes before the environment, the environment before config.toml in the profile, and that
before the default. Secrets are never taken from arguments.

  SOTTO_PROFILE          --profile
  SOTTO_HOME             --home; otherwise the platform's data directory
  SOTTO_KEYCHAIN         --keychain: os or file
  SOTTO_PASSPHRASE       the passphrase of a file keychain
  SOTTO_PASSPHRASE_FILE  --passphrase-file
  SOTTO_TIMEOUT          --timeout
  SOTTO_JSON             1 is --json
  CREDENTIALS_DIRECTORY  systemd: the passphrase is in its file sotto-passphrase
  NO_COLOR, FORCE_COLOR  as everywhere
  XDG_DATA_HOME          where profiles are, on Linux
  XDG_CACHE_HOME         compiled code between runs, where the runtime keeps it

config.toml has the names of the long options: timeout = "30s", and for one command
[send] wait = "delivered". \`sotto config set send.wait delivered\` writes it.`

const FORMATTING = `Formatting

Durations  500ms  5s  1m  2h  7d  1h30m
Times      2026-11-20T18:30:00Z    RFC 3339
           2026-11-20 18:30        here; without a clock at 0:00
           18:30                   the next one; with --since the last one
           tomorrow 9:00, today 18:00, yesterday 9:00
           +2h                     from now; with --since 2h is that long ago
Addresses  alice or @alice         a person
           me                      a note to yourself
           0193f2a0-…              a chat's id
Messages   an id, or at least six characters of its beginning
Text       is Markdown; \`-\` reads it from stdin. What could act on a terminal is not shown,
           and is kept as it is in --json.

With --json each line of stdout is an object with "v":1 and "type". Times are RFC 3339 in UTC
with milliseconds, ids are lower-case UUIDs, bytes base64url. Errors are such lines on stderr.`

export const TOPICS: ReadonlyMap<string, () => string> = new Map([
  ['exit-codes', () => `${EXIT_CODES}${codeLines()}`],
  ['environment', () => ENVIRONMENT],
  ['formatting', () => FORMATTING],
])
