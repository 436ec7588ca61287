// A package to compare with, in a folder of its own below node_modules: never a dependency, gone
// with the next `npm ci`. Exact versions; nothing of it runs but what the bench imports.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** From the project's folder, where benches run: this file is bundled into programs elsewhere. */
const peers = resolve('node_modules/.cache/bench-peers')
const PATIENCE_MS = 180_000

/** Undefined where it cannot be had, with the reason on stderr. */
export async function peerPackage(name: string, version: string): Promise<unknown> {
  const folder = join(peers, `${name.replace('/', '-')}-${version}`)
  const entry = join(folder, 'node_modules', name, 'dist/index.js')
  try {
    if (!existsSync(entry)) install(folder, `${name}@${version}`)
    return await import(pathToFileURL(entry).href)
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    process.stderr.write(`skipped ${name} ${version}: ${reason}\n`)
    return undefined
  }
}

function install(folder: string, what: string): void {
  mkdirSync(folder, { recursive: true })
  const flags = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save']
  execFileSync('npm', ['install', ...flags, what], { stdio: 'pipe', timeout: PATIENCE_MS })
}
