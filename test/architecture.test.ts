// The walls of the house: who may import whom, which one file may touch which library, no cycles.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Each room and the rooms that it may import beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/protocol': [],
  'src/crypto': ['src/protocol'],
  'src/engine': ['src/protocol', 'src/crypto'],
  'src/store': ['src/protocol'],
  'src/keychain': ['src/protocol'],
  'src/client': ['src/protocol', 'src/crypto', 'src/engine', 'src/store', 'src/keychain'],
  'src/rpc': ['src/client'],
  // The commands' ids and addresses come parsed from the façade; keys and rows are not theirs.
  'src/commands': ['src/client', 'src/rpc', 'src/protocol', 'src/tui', 'server'],
  'src/tui': ['src/client', 'src/rpc', 'src/protocol'],
  // One file only: SIGNATURE_FILE.
  server: ['src/protocol', 'src/crypto'],
  bin: ['src/commands'],
}

const SIGNATURE_FILE = 'server/signatures.ts'
/** What that one file may take from crypto: checking, nothing that opens or seals. */
const SIGNATURE_IMPORTS = [
  'src/crypto/primitives.ts',
  'src/crypto/provider-node.ts',
  'src/crypto/device-list.ts',
]

/** Libraries that each live behind the files named here. */
const LIBRARY_HOMES: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3-multiple-ciphers': [
    'src/store/open.ts',
    'src/client/profile-lock.ts',
    'server/storage/sqlite/open.ts',
  ],
  '@napi-rs/keyring': ['src/keychain/os.ts'],
  '@noble': [
    'src/crypto/provider-noble.ts',
    'src/crypto/kem-noble.ts',
    'src/crypto/argon2-noble.ts',
  ],
  ws: ['src/client/socket.ts', 'server/link.ts'],
  commander: ['src/commands'],
  zod: ['src/protocol', 'server/http'],
  pino: ['server'],
  'smol-toml': ['src/commands', 'src/client', 'server'],
  uqr: ['src/commands', 'src/tui'],
  ink: ['src/tui'],
  react: ['src/tui'],
  pngjs: ['src/tui/images'],
  'jpeg-js': ['src/tui/images'],
  'env-paths': ['src/client/paths.ts'],
}

/** Lazy: loaded by `await import` only, so that a script pays for neither. */
const LAZY = ['src/tui', 'server']
/** Rooms without I/O: no node module but these. */
const PURE: Readonly<Record<string, readonly string[]>> = {
  'src/protocol': [],
  'src/crypto': ['node:crypto'],
  'src/engine': [],
}

interface Import {
  readonly target: string
  readonly lazy: boolean
  readonly typeOnly: boolean
}

const sources = ['src', 'server', 'bin']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/g

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? ''
    const target = specifier.startsWith('.')
      ? relative(root, resolve(root, dirname(file), specifier))
      : specifier
    return { target, lazy: match[3] !== undefined, typeOnly: match[1] !== undefined }
  })
}

const graph = new Map(sources.map((file) => [file, importsOf(file)]))
const roomOf = (file: string): string | undefined =>
  Object.keys(MAY_IMPORT).find((room) => file.startsWith(`${room}/`))
const isLocal = (target: string): boolean => roomOf(target) !== undefined

describe('the import table', () => {
  test('every file lives in a room of the house', () => {
    expect(sources.filter((file) => roomOf(file) === undefined)).toEqual([])
  })

  test('no room imports a room that it may not', () => {
    const wrong: string[] = []
    for (const [file, imports] of graph) {
      const room = roomOf(file) ?? ''
      for (const { target, lazy, typeOnly } of imports) {
        const other = roomOf(target)
        if (other === undefined || other === room) continue
        if (!(MAY_IMPORT[room] ?? []).includes(other)) wrong.push(`${file} → ${target}`)
        // A type is gone when the program runs.
        if (LAZY.includes(other) && !lazy && !typeOnly)
          wrong.push(`${file} → ${target} must be lazy`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('the server touches crypto in one file, to check signatures', () => {
    const wrong: string[] = []
    for (const [file, imports] of graph) {
      if (!file.startsWith('server/')) continue
      for (const { target } of imports) {
        if (!target.startsWith('src/crypto/')) continue
        if (file !== SIGNATURE_FILE || !SIGNATURE_IMPORTS.includes(target)) {
          wrong.push(`${file} → ${target}`)
        }
      }
    }
    expect(wrong).toEqual([])
  })

  test('each library lives in its own files', () => {
    const wrong: string[] = []
    for (const [file, imports] of graph) {
      for (const { target, typeOnly } of imports) {
        if (typeOnly || isLocal(target) || target.startsWith('node:')) continue
        const library = Object.keys(LIBRARY_HOMES).find(
          (name) => target === name || target.startsWith(`${name}/`),
        )
        const homes = library === undefined ? [] : (LIBRARY_HOMES[library] ?? [])
        if (!homes.some((home) => file === home || file.startsWith(`${home}/`))) {
          wrong.push(`${file} → ${target}`)
        }
      }
    }
    expect(wrong).toEqual([])
  })

  test('the pure rooms use no input, no output, no clock, no chance', () => {
    const wrong: string[] = []
    for (const [file, imports] of graph) {
      const allowed = PURE[roomOf(file) ?? '']
      if (allowed === undefined) continue
      for (const { target, typeOnly } of imports) {
        if (!typeOnly && target.startsWith('node:') && !allowed.includes(target)) {
          wrong.push(`${file} → ${target}`)
        }
      }
      const text = readFileSync(join(root, file), 'utf8')
      if (/Date\.now\(|new Date\(\)|setTimeout\(|process\./.test(text)) wrong.push(`${file}: world`)
    }
    expect(wrong).toEqual([])
  })

  test('chance comes from the operating system only', () => {
    const wrong = sources.filter((file) =>
      readFileSync(join(root, file), 'utf8').includes('Math.random'),
    )
    expect(wrong).toEqual([])
  })

  test('nothing writes to the terminal but output.ts', () => {
    const writers = sources.filter((file) =>
      /console\.(log|error|warn|info)|process\.(stdout|stderr)\.write|writeSync\([12],/.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    )
    // The decoder is a program of its own, and its output a pipe to us.
    const allowed = ['src/commands/output.ts', 'src/tui/images/decoder.ts']
    expect(writers.filter((file) => !allowed.includes(file))).toEqual([])
  })
})

describe('cycles', () => {
  test('no file imports itself by way of others', () => {
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
        return
      }
      state.set(file, 'open')
      for (const { target, lazy } of graph.get(file) ?? []) {
        if (!lazy && graph.has(target)) visit(target, [...path, file])
      }
      state.set(file, 'done')
    }
    for (const file of sources) visit(file, [])
    expect(cycles).toEqual([])
  })
})
