// Looks for texts in every file below a folder, as they are and as a database or a log might have
// them.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Search {
  readonly files: number
  readonly bytes: number
  readonly found: readonly string[]
}

/** The middle of a base64 text does not depend on what stands before, at one of three offsets. */
function disguises(text: string): readonly Buffer[] {
  const base64 = [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.from(`${'x'.repeat(offset)}${text}`).toString('base64')
    return [encoded, encoded.replaceAll('+', '-').replaceAll('/', '_')].map((form) =>
      form.slice(4, -4),
    )
  })
  const hex = Buffer.from(text).toString('hex')
  return [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    ...[...base64, hex].map((form) => Buffer.from(form)),
  ]
}

export function findPlaintext(folder: string, texts: readonly string[]): Search {
  let files = 0
  let bytes = 0
  const found: string[] = []
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const content = readFileSync(join(entry.parentPath, entry.name))
    files += 1
    bytes += content.length
    found.push(...texts.filter((text) => disguises(text).some((form) => content.includes(form))))
  }
  return { files, bytes, found }
}
