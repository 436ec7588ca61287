// Names that a file exports and no other file imports. Tests and benches count as users only of
// what the product uses too, or of what is marked `@public` in its comment.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const files = ['src', 'server', 'bin', 'test', 'bench']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
const text = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))

const used = new Map()
const use = (file, name) => used.set(`${file}#${name}`, true)
const FROM = /(?:import|export)\s+(?:type\s+)?(\*\s+as\s+\w+|\{[^}]*\}|\w+)\s+from\s+'(\.[^']+)'/g
const LAZY = /(?:const\s+(\{[^}]*\})\s*=\s*await\s+)?import\('(\.[^']+)'\)/g
for (const [file, source] of text) {
  for (const pattern of [FROM, LAZY]) {
    for (const [, names, specifier] of source.matchAll(pattern)) {
      const target = relative(root, resolve(root, dirname(file), specifier))
      if (names === undefined || !names.startsWith('{')) use(target, '*')
      else {
        for (const part of names.slice(1, -1).split(',')) {
          const name = part
            .trim()
            .replace(/^type\s+/, '')
            .split(/\s+as\s+|:/)[0]
            .trim()
          if (name !== '') use(target, name)
        }
      }
    }
  }
}

const EXPORT =
  /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type)\s+(\w+)/gm
const dead = []
for (const [file, source] of text) {
  if (!/^(src|server|bin)\//.test(file) || used.has(`${file}#*`)) continue
  for (const [, comment, name] of source.matchAll(EXPORT)) {
    if (comment?.includes('@public')) continue
    if (!used.has(`${file}#${name}`)) dead.push(`${file}: ${name}`)
  }
}
for (const line of dead) process.stderr.write(`dead export: ${line}\n`)
process.exit(dead.length === 0 ? 0 : 1)
