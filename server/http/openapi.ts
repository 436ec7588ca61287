// OpenAPI 3.1 from the very table that routes and validates: what it says is what is checked.

import * as z from 'zod/mini'
import { errorShape, PROOF_HEADER, type Route, routes } from '../../src/protocol/http.ts'

type Json = Readonly<Record<string, unknown>>

export function openApi(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'sotto server',
      version,
      description:
        'Bytes are base64url without padding. docs/protocol.md says what is signed and how.',
    },
    paths: pathsOf(Object.entries(routes)),
    components: {
      schemas: { Error: schemaOf(errorShape) },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'PASETO v4.public' },
        proof: { type: 'apiKey', in: 'header', name: PROOF_HEADER },
      },
    },
  }
}

function pathsOf(entries: readonly (readonly [string, Route])[]): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [name, route] of entries) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    const operations = paths[path] ?? {}
    operations[route.method.toLowerCase()] = operationOf(name, route)
    paths[path] = operations
  }
  return paths
}

function operationOf(name: string, route: Route): Json {
  const parameters = [...pathParameters(route.path), ...headerParameters(name)]
  return {
    operationId: name,
    summary: route.summary,
    security: route.auth === 'device' ? [{ token: [], proof: [] }] : [],
    ...(parameters.length > 0 && { parameters }),
    ...(takesBody(route) && {
      requestBody: { required: true, content: contentOf(route.request) },
    }),
    responses: {
      200: { description: 'Done', content: contentOf(route.response) },
      default: {
        description: 'Refused',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

const pathParameters = (path: string): readonly Json[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'name' ? NAME : UUID,
  }))

/** What the table does not carry: the one query and the two ranges. */
const BESIDES: Readonly<Record<string, readonly Json[]>> = {
  devices: [{ name: 'after', in: 'query', schema: { type: 'integer', minimum: 0 } }],
  writeBlob: [{ name: 'content-range', in: 'header', required: true, schema: { type: 'string' } }],
  readBlob: [{ name: 'range', in: 'header', schema: { type: 'string' } }],
}
const headerParameters = (name: string): readonly Json[] => BESIDES[name] ?? []

export const takesBody = ({ method }: Pick<Route, 'method'>): boolean =>
  method === 'POST' || method === 'PUT'

const contentOf = (shape: Route['request']): Json =>
  shape === 'bytes'
    ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
    : { 'application/json': { schema: schemaOf(shape) } }

function schemaOf(shape: z.ZodMiniType): Json {
  const options = { unrepresentable: 'any', override: describe } as const
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, options)
  return schema
}

const SOME_ID = '00000000-0000-4000-8000-000000000000'
const SOME_NAME = 'ab'

/** Ids, names and bytes are checked by functions of ours, which a schema cannot show: what they
 *  accept tells which they are. */
function describe({ zodSchema, jsonSchema }: Described): void {
  const { type, checks = [] } = zodSchema._zod.def as z.core.$ZodTypeDef
  const accepts = (value: string): boolean => z.safeParse(zodSchema, value).success
  if (type === 'custom' && accepts(SOME_ID)) Object.assign(jsonSchema, UUID)
  else if (type === 'custom' && accepts(SOME_NAME)) Object.assign(jsonSchema, NAME)
  else if (type === 'string' && checks.some((check) => check._zod.def.check === 'custom')) {
    Object.assign(jsonSchema, { contentEncoding: 'base64url' })
  }
}

interface Described {
  readonly zodSchema: z.core.$ZodTypes
  readonly jsonSchema: object
}

const UUID = { type: 'string', format: 'uuid' }
const NAME = { type: 'string', pattern: '^[a-z0-9][a-z0-9._-]{1,31}$' }
