// JSON from a server, another process or a pipe, as strict as our binary codecs (P11): bounded, shallow,
// no key twice, no `__proto__`, no number that a double cannot hold, no broken text.

const MAX_DEPTH = 32

export class JsonError extends Error {
  constructor(detail: string) {
    super(detail)
    this.name = 'JsonError'
  }
}

/** Throws JsonError and nothing else. */
export function parseStrictJson(text: string): unknown {
  // Depth first: the walk below and everyone who gets the value may recurse.
  checkDepth(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new JsonError('not JSON')
  }
  checkKeys(text)
  checkValue(value)
  return value
}

/** The index behind the string that opens at `start`; text may still be invalid JSON. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function checkDepth(text: string): void {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"') at = endOfString(text, at) - 1
    else if (char === '[' || char === '{') depth += 1
    else if (char === ']' || char === '}') depth -= 1
    if (depth > MAX_DEPTH) throw new JsonError('too deep')
  }
}

/** JSON.parse keeps the last of two equal keys; another reader may keep the first. The text is
 *  valid here, so a string before a colon is a key. */
function checkKeys(text: string): void {
  const open: Set<string>[] = []
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '{' || char === '[') open.push(new Set())
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfString(text, at)
      if (nextIsColon(text, end)) addKey(open, JSON.parse(text.slice(at, end)))
      at = end - 1
    }
  }
}

function nextIsColon(text: string, from: number): boolean {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1
  return text[at] === ':'
}

function addKey(open: readonly Set<string>[], key: string): void {
  const keys = open[open.length - 1]
  if (key === '__proto__') throw new JsonError('forbidden key')
  if (keys?.has(key)) throw new JsonError('a key twice')
  keys?.add(key)
}

function checkValue(value: unknown): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new JsonError('broken text')
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new JsonError('number out of range')
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new JsonError('number out of range')
    }
  } else if (Array.isArray(value)) {
    for (const item of value) checkValue(item)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      checkValue(key)
      checkValue(item)
    }
  }
}
