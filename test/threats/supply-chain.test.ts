// What we install, what runs while it is installed, and what we hand out (C1 to C4).

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
  readonly files: readonly string[]
}
interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
}
const manifest = JSON.parse(read('package.json')) as Manifest
const locked = Object.entries(
  (JSON.parse(read('package-lock.json')) as { readonly packages: Record<string, Locked> }).packages,
).filter(([place]) => place !== '')

test('every dependency has an exact version and a line in the decision about them (C1)', () => {
  const decision = read('docs/decisions/0002-dependencies.md')
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies }
  for (const [name, version] of Object.entries(wanted)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
    expect(decision, name).toContain(`\`${name}\``)
  }
})

test('what is locked is locked by its content, whatever host it comes from (C1)', () => {
  expect(locked.length).toBeGreaterThan(50)
  for (const [place, { integrity, resolved }] of locked) {
    expect(integrity, place).toMatch(/^sha512-/)
    expect(resolved, place).toBeUndefined()
  }
})

test('no install script runs but those that are named (C1)', () => {
  const withScripts = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true)
  expect(withScripts.map(([place]) => place.replace(/^.*node_modules\//, '')).sort()).toEqual(
    Object.keys(manifest.allowScripts).sort(),
  )
})

test('ws is at least the version that bounds fragments (C4, N1)', () => {
  const [major = 0, minor = 0] = (manifest.dependencies.ws ?? '').split('.').map(Number)
  expect(major * 1_000 + minor).toBeGreaterThanOrEqual(8_023)
})

/** What goes into a tarball's making, copied to a place of its own. */
const INPUTS = ['src', 'server', 'bin', 'scripts', 'package.json', 'README.md', 'LICENSE']

function packed(folder: string): { readonly hash: string; readonly names: readonly string[] } {
  for (const name of [...INPUTS, 'CHANGELOG.md']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const out = execFileSync('npm', ['pack', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [report] = JSON.parse(out.slice(out.indexOf('['))) as {
    readonly filename: string
    readonly files: readonly { readonly path: string }[]
  }[]
  const tarball = readFileSync(join(folder, report?.filename ?? ''))
  return {
    hash: createHash('sha256').update(tarball).digest('hex'),
    names: report?.files.map(({ path }) => path) ?? [],
  }
}

test('two tarballs from two folders are the same bytes, and hold nothing else (C2, C3)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-pack-'))
  try {
    const [one, other] = ['one', 'the other'].map((name) => {
      const place = join(folder, name)
      cpSync(join(root, 'LICENSE'), join(place, 'LICENSE'))
      return packed(place)
    })
    expect(one?.names.length).toBeGreaterThan(5)
    expect(other).toEqual(one)
    const allowed = /^(dist\/[\w.-]+\.c?js|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/
    expect(one?.names.filter((name) => !allowed.test(name))).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 60_000)

/** The key of the published PASETO vectors: it shows that the pattern finds one. */
const PUBLISHED = ['test/server/paseto.test.ts']
const SECRETS =
  /-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}\b|\bnpm_\w{36}\b|"d"\s*:\s*"[\w-]{43}"/

test('no key and no token is a file of the tree (C3)', () => {
  const folders = ['src', 'server', 'bin', 'scripts', 'docs', 'test', 'bench']
  const found = folders
    .flatMap((name) => readdirSync(join(root, name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => SECRETS.test(readFileSync(join(root, file), 'latin1')))
  expect(found.sort()).toEqual(PUBLISHED)
})
