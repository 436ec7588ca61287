// A path as somebody types it means one place, wherever the process is that holds the profile.

import { resolve } from 'node:path'
import type { Model } from './model.ts'

export const placed = ({ folders }: Pick<Model, 'folders'>, typed: string): string =>
  typed === '~' || typed.startsWith('~/')
    ? resolve(folders.home, typed.slice(2))
    : resolve(folders.here, typed)
