// What a server reads: bodies, headers, tokens and addresses.

import type { IncomingMessage } from 'node:http'
import * as z from 'zod/mini'
import { parsePlace } from '../../server/config.ts'
import { parseJson } from '../../server/http/body.ts'
import { HttpError } from '../../server/http/errors.ts'
import { parseContentRange, parseRange } from '../../server/http/ranges.ts'
import { ServerError } from '../../server/options.ts'
import { parsePaseto } from '../../server/paseto.ts'
import { fromBase64Url } from '../../src/protocol/bytes.ts'
import { errorShape, routes } from '../../src/protocol/http.ts'
import { type Target, textOf } from './inputs.ts'

const never = (): boolean => false
const asJson = { headers: { 'content-type': 'application/json' } } as IncomingMessage
const BODIES = [
  '{"name":"alice","invite":"code","email":"a@b.example","list":{"body":"AAEC","signature":"AAEC"}}',
  '{"curveOneTime":[{"id":1,"key":"AAEC","signature":"AAEC","createdAt":1}],"kemOneTime":[]}',
  '{"devices":["01890000-0000-7000-8000-000000000001"],"from":1}',
  '{"code":"bad_request","message":"no","retryAfter":5}',
]

/** Of what is JSON: the routes of files carry bytes. */
const SCHEMAS = Object.values(routes)
  .flatMap(({ request, response }): readonly unknown[] => [request, response])
  .filter((shape): shape is z.ZodMiniType => typeof shape === 'object')

export const SERVED: readonly Target[] = [
  {
    name: 'bodies of every route, and answers of every route',
    seeds: BODIES,
    run(raw) {
      const value = parseJson(asJson, raw)
      for (const schema of SCHEMAS) z.safeParse(schema, value)
      errorShape.safeParse(value)
    },
    refuses: (error) => error instanceof HttpError,
  },
  {
    name: 'ranges',
    seeds: ['bytes=0-99', 'bytes=-5', 'bytes 0-99/100'],
    run(raw) {
      const range = parseRange(textOf(raw), 100)
      if (
        typeof range === 'object' &&
        !(range.from >= 0 && range.to <= 100 && range.from < range.to)
      ) {
        throw new Error('outside')
      }
      parseContentRange(textOf(raw))
    },
    refuses: never,
  },
  {
    name: 'tokens',
    seeds: [`v4.public.${'A'.repeat(120)}.Zm9v`],
    run: (raw) => parsePaseto(textOf(raw)) ?? fromBase64Url(textOf(raw)),
    refuses: never,
  },
  {
    name: 'places to listen at',
    seeds: ['127.0.0.1:7700', '[::1]:7700'],
    run: (raw) => parsePlace('listen', textOf(raw)),
    refuses: (error) => error instanceof ServerError,
  },
]
