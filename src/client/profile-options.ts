// What a face says about the profile that it wants, once, when it opens it.

/** Where the passphrase of a `file` keychain comes from; the first that is present counts. */
export interface PassphraseOptions {
  /** The value of `SOTTO_PASSPHRASE`. */
  readonly environment?: string
  readonly file?: string
  readonly fd?: number
  /** `passphrase_command` of the config. */
  readonly command?: string
  /** The value of `CREDENTIALS_DIRECTORY` (systemd); the file in it is `sotto-passphrase`. */
  readonly credentials?: string
  /** On a terminal. `fresh`: a new passphrase is chosen, so ask twice. */
  readonly ask?: (fresh: boolean) => Promise<string>
}

export interface ProfileOptions {
  /** Folder of profiles; without it the platform's data folder. */
  readonly home?: string
  readonly profile: string
  /** Chosen once at registration and remembered; later it may only repeat what is remembered. */
  readonly keychain?: 'os' | 'file'
  readonly passphrase?: PassphraseOptions
  /** Milliseconds for the whole of opening, and the default of calls that wait. */
  readonly timeout?: number
  /** `offline`: never dial; what is sent waits in the outbox. Default `online`: dial when a call
   *  or a subscriber needs it; `soon`: one will, so begin while the profile opens; `serve` keeps the
   *  connection up all the time. */
  readonly network?: 'online' | 'soon' | 'offline'
  /** A daemon or a screen: keep the connection and the profile until `close` or a `stop` call. */
  readonly serve: boolean
  /** Called when a `stop` call asks a serving process to leave. */
  readonly onStop?: () => void
}

export interface RegisterOptions extends ProfileOptions {
  readonly name: string
  /** `https://host[:port][#sha256-…]`; plain http on loopback only. */
  readonly server: string
  readonly invite?: string
  readonly deviceName?: string
}
