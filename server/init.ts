// A first `config.toml`, commented: every setting with its default, none of them in force until
// its line is uncommented.

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CONFIG_FILE, DEFAULT_LIMITS, DEFAULT_LISTEN, defaultDataFolder } from './config.ts'
import { ServerError } from './options.ts'
import { makePrivateFolder, writePrivateFile } from './private-files.ts'

const DAY_MS = 24 * 3_600_000

interface InitResult {
  readonly data: string
  readonly config: string
}

/** Writes into the data folder, never over what is there. */
export async function initServer(data?: string): Promise<InitResult> {
  const folder = resolve(data ?? defaultDataFolder())
  const config = join(folder, CONFIG_FILE)
  if (existsSync(config)) {
    throw new ServerError('conflict', `${config} is there already`, 'edit it, or move it away')
  }
  makePrivateFolder(folder)
  writePrivateFile(config, CONFIG_TEXT)
  return { data: folder, config }
}

const limits = DEFAULT_LIMITS

/** Exported so that a test can read every line of it back. @public */
export const CONFIG_TEXT = `# The configuration of a sotto server. Each line that is commented out is the default.
# Options of the command line go before what stands here.

# Where clients connect. Beyond loopback the server speaks TLS only: with the certificate below, or
# with one that it makes at its first start and whose fingerprint is part of the address it prints.
#listen = "${DEFAULT_LISTEN}"

# A certificate chain and its key, PEM. Read at the start.
#tls_cert = "/etc/ssl/chat.example.org.pem"
#tls_key = "/etc/ssl/private/chat.example.org.key"

# The address that clients are told, where it is another one: behind a proxy.
#public_url = "https://chat.example.org"

# Proxies whose X-Forwarded-For is believed: addresses or networks. Nobody's is by default.
#trust_proxy = ["127.0.0.1", "10.0.0.0/8"]

# Browsers' origins that may open a stream. None by default: sotto has no web page.
#allowed_origins = []

# Health and metrics, for the operator only: on loopback, one port above the public one.
#admin_listen = "127.0.0.1:7701"

# Who may register: "invite" (with a code of \`sotto server invite create\`) or "open" (anybody).
#registration = "invite"

# silent, error, warn, info, debug, trace. No level logs names, ids or addresses.
#log_level = "info"

[limits]
# One attachment, and all that one account has on the server, in bytes.
#blob_bytes = ${limits.blobBytes}
#blob_account_bytes = ${limits.blobAccountBytes}
# How long messages and attachments wait to be fetched.
#retention_days = ${limits.retentionMs / DAY_MS}
# Requests without a login, and new accounts, from one address.
#address_per_minute = ${limits.addressPerMinute}
#registrations_per_hour = ${limits.registrationsPerHour}
# Requests, and look-ups of other accounts, of one account.
#account_per_minute = ${limits.accountPerMinute}
#lookups_per_hour = ${limits.lookupsPerHour}
# Key bundles that one account fetches of another; and that all together fetch of one account.
#claims_per_hour = ${limits.claimsPerHour}
#claimed_per_hour = ${limits.claimedPerHour}
`
