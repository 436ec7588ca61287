// What a screen keeps in the profile: drafts, places, its layout. To the profile it is a text.

import type { MethodsOf } from '../profile.ts'

const KEY = 'screen'

export const screenMethods: MethodsOf<'screen.load' | 'screen.keep'> = {
  'screen.load': async ({ store }) => {
    const kept = store.meta(KEY)
    return { state: kept === undefined ? null : new TextDecoder().decode(kept) }
  },
  'screen.keep': async ({ store }, { state }) => {
    store.transaction((tx) => tx.putMeta(KEY, new TextEncoder().encode(state)))
    // A draft that was sent or thrown away is to be nowhere any more.
    store.scrub()
    return {}
  },
}
