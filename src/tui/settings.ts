// What a person can set about the screen. The names are those of `config.toml` below `tui.`.

export interface Settings {
  readonly theme: string
  readonly keys: 'default' | 'vim' | 'emacs'
  /** Keys of one's own: `ctrl+g` → an action's id; an empty id takes a key away. */
  readonly bindings: Readonly<Record<string, string>>
  readonly mouse: boolean
  readonly images: 'auto' | 'blocks' | 'off'
  /** What a notification says. */
  readonly notify: 'full' | 'sender' | 'none'
  readonly bell: boolean
  /** Run with a notification's JSON on its stdin; no shell. */
  readonly notifyCommand: string | undefined
  /** Milliseconds without a key until the screen locks itself; 0 never. */
  readonly idleLock: number
  readonly reducedMotion: boolean
  /** Linear output without columns and boxes. */
  readonly screenReader: boolean
  /** Characters of ambiguous width take two cells. */
  readonly wideAmbiguous: boolean
  /** 👍 as :thumbsup: */
  readonly shortcodes: boolean
  readonly spelling: boolean
  /** Enter makes a line and Alt+Enter sends. */
  readonly enterNewline: boolean
}

export const DEFAULT_SETTINGS: Settings = {
  theme: 'auto',
  keys: 'default',
  bindings: {},
  mouse: true,
  images: 'auto',
  notify: 'sender',
  bell: false,
  notifyCommand: undefined,
  idleLock: 0,
  reducedMotion: false,
  screenReader: false,
  wideAmbiguous: false,
  shortcodes: false,
  spelling: true,
  enterNewline: false,
}

export type SettingName = keyof Settings
