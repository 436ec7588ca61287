// A conversation as a file: JSON Lines for programs, Markdown and HTML for people. What peers wrote
// becomes text in it, never markup, and never anything that a terminal would obey.

import { jsonLine } from '../protocol/json-line.ts'
import { isolated, type SafeText, safe, safeFileName, safeText } from '../protocol/safe-text.ts'
import type { ChatJson, MessageJson } from './api.ts'
import { bytesOf, nameOf } from './shown.ts'

type TranscriptFormat = 'jsonl' | 'md' | 'html'

interface Transcript {
  readonly begin: (chat: ChatJson) => string
  readonly message: (message: MessageJson) => string
  readonly end: string
}

/** What a browser might take for markup, if somebody opens the file in one. */
const MARKUP = /[<>&]/g
const escaped = (line: string): string =>
  line.replace(MARKUP, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

const JSON_LINES: Transcript = {
  begin: () => '',
  message: (message) => `${escaped(jsonLine(message))}\n`,
  end: '',
}

/** In UTC: a file is read in other places and years. */
const timeOf = (time: string): SafeText => safeText(time.slice(0, 16).replace('T', ' '))

function bodyOf({ attachments, body, kind }: MessageJson): readonly SafeText[] {
  if (kind === 'deleted') return [safe`(deleted)`]
  if (kind === 'unsupported') return [safe`(a kind of message that this version does not know)`]
  const lines = body === '' ? [] : safeText(body, { multiline: true }).split('\n')
  return [
    ...lines.map((line) => isolated(line as SafeText)),
    ...attachments.map(
      ({ name, size }) => safe`[${isolated(safeFileName(name))}, ${bytesOf(size)}]`,
    ),
  ]
}

const marksOf = ({ edited_at, reactions }: MessageJson): readonly SafeText[] => [
  ...(edited_at === null ? [] : [safe`edited`]),
  ...reactions.map(({ emoji, from }) => safe`${isolated(safeText(emoji))} ${nameOf(from)}`),
]

/** Every sign that begins something in Markdown stands for itself. */
const plain = (text: SafeText): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&')

const MARKDOWN: Transcript = {
  begin: ({ name }) => `# ${plain(nameOf(name))}\n`,
  message: (message) => {
    const marks = marksOf(message)
    const head = `\n**${plain(nameOf(message.from.name))}** ${timeOf(message.sent_at)}`
    const tail = marks.length === 0 ? '' : ` (${marks.map(plain).join(', ')})`
    return `${head}${tail}  \n${bodyOf(message).map(plain).join('  \n')}\n`
  },
  end: '',
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const html = (text: SafeText): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}' +
  'article{margin:1rem 0}header{color:#555}p{margin:.1rem 0;white-space:pre-wrap}'

const HTML: Transcript = {
  // No script, no picture, no style but this one is ever loaded from it.
  begin: ({ name }) =>
    '<!doctype html><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
    `<title>${html(nameOf(name))}</title><style>${STYLE}</style><h1>${html(nameOf(name))}</h1>\n`,
  message: (message) => {
    const marks = marksOf(message)
    const tail = marks.length === 0 ? '' : ` <small>${marks.map(html).join(', ')}</small>`
    const head = `<header><b>${html(nameOf(message.from.name))}</b> ${timeOf(message.sent_at)}${tail}</header>`
    const body = bodyOf(message).map((line) => `<p>${html(line)}</p>`)
    return `<article>${head}${body.join('')}</article>\n`
  },
  end: '',
}

export const TRANSCRIPTS: Readonly<Record<TranscriptFormat, Transcript>> = {
  jsonl: JSON_LINES,
  md: MARKDOWN,
  html: HTML,
}
