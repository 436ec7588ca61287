// A fresh random name for something of ours.

import type { Env } from '../protocol/env.ts'
import { type ClientId, uuidV4 } from '../protocol/ids.ts'

export const freshUuid = (env: Env): string => uuidV4<ClientId>(env.random(16))
