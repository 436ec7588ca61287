// Effects that touch the machine beside the façade: files, programs, the config, the passphrase.

import type { Effect } from './effect.ts'
import type { TuiEvent } from './event.ts'
import type { ScreenHost } from './host.ts'
import { failureOf } from './use-client.ts'

/** Who does what: one function for each kind of effect. */
export type Doers = {
  readonly [K in Effect['kind']]: (effect: Extract<Effect, { readonly kind: K }>) => void
}

/** Takes work under way; what it ends with happens to the screen. */
type Settle = (work: Promise<TuiEvent | undefined>) => void

type WorldKind =
  | 'unlock'
  | 'listFolder'
  | 'findFile'
  | 'scratch'
  | 'openFile'
  | 'spell'
  | 'picture'
  | 'notify'
  | 'setting'

export function worldDoers(host: ScreenHost, settle: Settle): Pick<Doers, WorldKind> {
  const { machine } = host
  const tried: Settle = (work) => settle(work.catch(worldFailed))
  return {
    unlock: ({ passphrase }) => settle(unlocked(host, passphrase)),
    listFolder: ({ folder }) => settle(listed(host, folder)),
    findFile: ({ chat, path, typed }) =>
      settle(
        machine.findFile(path).then(
          () => ({ kind: 'fileFound', chat, path }),
          (error) => ({ kind: 'fileMissing', chat, typed, failure: failureOf(error) }),
        ),
      ),
    scratch: ({ chat, name, text }) =>
      tried(machine.writeScratch(name, text).then((path) => ({ kind: 'fileFound', chat, path }))),
    openFile: ({ path }) => tried(machine.openFile(path).then(nothing)),
    spell: ({ chat, words }) => settle(spelled(host, chat, words)),
    picture: ({ attachment, path, place, wish }) =>
      settle(
        machine.readPicture(path, wish).then(
          (picture) => ({ kind: 'picture', attachment, place, picture }),
          (error) => ({ kind: 'pictureFailed', attachment, place, failure: failureOf(error) }),
        ),
      ),
    notify: ({ title, body }) => machine.notify({ title, body }),
    setting: ({ name, value }) => tried(host.saveSetting(name, value).then(nothing)),
  }
}

export const worldFailed = (error: unknown): TuiEvent => ({
  kind: 'worldFailed',
  failure: failureOf(error),
})

const nothing = (): undefined => undefined

const unlocked = (host: ScreenHost, passphrase: string | undefined): Promise<TuiEvent> =>
  host.unlock(passphrase).then(
    () => ({ kind: 'unlocked' }),
    (error) => ({ kind: 'unlockFailed', failure: failureOf(error) }),
  )

const listed = ({ machine }: ScreenHost, folder: string): Promise<TuiEvent> =>
  machine.listFolder(folder).then(
    (entries) => ({ kind: 'folder', folder, entries }),
    (error) => ({ kind: 'folderFailed', folder, failure: failureOf(error) }),
  )

/** A speller that fails is as one that is not there. */
const spelled = (
  { machine }: ScreenHost,
  chat: string,
  words: readonly string[],
): Promise<TuiEvent | undefined> =>
  machine
    .misspelled(words)
    .then(
      (found) => (found === undefined ? undefined : { kind: 'misspelled', chat, words: found }),
      nothing,
    )
