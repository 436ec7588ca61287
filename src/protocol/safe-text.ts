// The one way for text from outside (a message, a name, a file name, a server's sentence) to
// become visible. An allow-list: what is not known to be a harmless printable character does not
// pass. JSON output is not made of this: it escapes instead, and keeps what was said.
//
// What a terminal could do with the rest: move the cursor, overwrite a line, set the title or the
// clipboard, answer as if the user had typed (C0, C1, ESC, DEL); show text in another order than
// it is stored (bidi controls); carry invisible text (tags, fillers, other format characters);
// climb over the neighbouring lines (stacks of combining marks).

declare const brand: unique symbol
export type SafeText = string & { readonly [brand]: 'SafeText' }

/** Tibetan and pointed Hebrew stack up to five marks; more is only ever decoration. */
const MAX_MARKS_PER_CLUSTER = 5
/** A family of four is three joiners; more joiners than this in one cluster are a trick. */
const MAX_JOINERS_PER_CLUSTER = 6
/** A name on one line beside others. Account names have at most 32 characters. */
const MAX_NAME_CHARACTERS = 64
/** A file name on one line. Its end is kept, for the extension says what a click would do. */
const MAX_FILE_NAME_CHARACTERS = 100
const FILE_NAME_TAIL = 24
/** A fixed width: the text does not know the column it will stand in. */
const TAB = '    '
const REPLACEMENT = '\u{fffd}'
/** Carries a mark that has no letter of its own, so that it does not sit on our own text. */
const DOTTED_CIRCLE = '\u{25cc}'
const FIRST_STRONG_ISOLATE = '\u{2068}'
const POP_ISOLATE = '\u{2069}'

const PLAIN_ASCII = /^[\x20-\x7e]*$/
const PLAIN_ASCII_LINES = /^[\x20-\x7e\n]*$/
const LINE_BREAK = /\r\n?|[\u{2028}\u{2029}]/gu

// From here on each is asked about one character. Functions, because an expression with Unicode's
// tables is half a millisecond where it is first met: who has nothing but ASCII never meets it.
/** Letters, numbers, punctuation, symbols and the plain spaces. All else is not shown. */
const isPrintable = (character: string) => /[\p{L}\p{N}\p{P}\p{S}\p{Zs}]/u.test(character)
const isMark = (character: string) => /\p{M}/u.test(character)
/** Format characters, joiners, variation selectors, fillers and other letters that show nothing. */
const isInvisible = (character: string) =>
  /[\p{Default_Ignorable_Code_Point}\p{Cf}\u{2800}]/u.test(character)
/** Text and emoji presentation: of the variation selectors the two that a screen needs. */
const PRESENTATION = /[\u{fe0e}\u{fe0f}]/u
const JOINER = /[\u{200c}\u{200d}]/u

interface SafeTextOptions {
  /** Keep line breaks; otherwise each becomes a space. */
  readonly multiline?: boolean
}

/** What may be shown of a text. Linear in its length. */
export function safeText(raw: string, options: SafeTextOptions = {}): SafeText {
  const multiline = options.multiline === true
  if ((multiline ? PLAIN_ASCII_LINES : PLAIN_ASCII).test(raw)) return raw as SafeText
  const lines = raw.replace(LINE_BREAK, '\n')
  return filtered(multiline ? lines : lines.replaceAll('\n', ' '), 'text') as SafeText
}

/** A name of whatever kind: one line, every invisible character made visible, bounded. */
export function safeName(raw: string): SafeText {
  const line = raw.replace(LINE_BREAK, ' ').replaceAll('\n', ' ')
  const spaces = PLAIN_ASCII.test(line) ? / +/g : /\p{Zs}+/gu
  const clean = filtered(line, 'name').replace(spaces, ' ').trim()
  const characters = Array.from(clean)
  if (characters.length === 0) return REPLACEMENT as SafeText
  if (characters.length <= MAX_NAME_CHARACTERS) return clean as SafeText
  return `${characters.slice(0, MAX_NAME_CHARACTERS - 1).join('')}…` as SafeText
}

/** A file name as a word of a sentence: without folders, and with its end in sight. */
export function safeFileName(raw: string): SafeText {
  const base = raw.slice(Math.max(raw.lastIndexOf('/'), raw.lastIndexOf('\\')) + 1)
  const clean = filtered(base.replace(LINE_BREAK, ' ').replaceAll('\n', ' '), 'name').trim()
  const characters = Array.from(clean)
  if (characters.length === 0) return REPLACEMENT as SafeText
  if (characters.length <= MAX_FILE_NAME_CHARACTERS) return clean as SafeText
  const head = characters.slice(0, MAX_FILE_NAME_CHARACTERS - FILE_NAME_TAIL - 1).join('')
  return `${head}…${characters.slice(-FILE_NAME_TAIL).join('')}` as SafeText
}

/** Keeps a right-to-left field from reordering what stands beside it. ASCII needs nothing. */
export function isolated(text: SafeText): SafeText {
  if (PLAIN_ASCII_LINES.test(text)) return text
  // Isolates end with their paragraph: each line has its own.
  const lines = text.split('\n').map((line) => `${FIRST_STRONG_ISOLATE}${line}${POP_ISOLATE}`)
  return lines.join('\n') as SafeText
}

/** Our own words with safe ones in between: ``safe`hello ${name}` ``. */
export function safe(
  words: TemplateStringsArray,
  ...values: readonly (SafeText | number)[]
): SafeText {
  return String.raw({ raw: words }, ...values) as SafeText
}

type Kind = 'text' | 'name'

/** What may go on from a visible character of this line. */
interface Cluster {
  readonly marks: number
  readonly joiners: number
  readonly lastJoined: boolean
}

function filtered(text: string, kind: Kind): string {
  if (PLAIN_ASCII.test(text)) return text
  let out = ''
  let cluster: Cluster | undefined
  for (const character of text) {
    const [shown, next] = shownAs(character, cluster, kind)
    out += shown
    cluster = next
  }
  return out
}

/** What is shown of a character, and the cluster after it: none where the line begins. */
type Shown = readonly [string, Cluster | undefined]

function shownAs(character: string, cluster: Cluster | undefined, kind: Kind): Shown {
  if (character === '\n') return ['\n', undefined]
  if (character === '\t') return [TAB, undefined]
  if (isInvisible(character)) return invisible(character, cluster, kind)
  if (isMark(character)) return mark(character, cluster)
  if (isPrintable(character)) return [character, base(cluster)]
  return [REPLACEMENT, base(cluster)]
}

/** A visible character: a new cluster, or the next part of one that a joiner holds open. */
const base = (cluster: Cluster | undefined): Cluster => ({
  marks: 0,
  joiners: cluster?.lastJoined ? cluster.joiners : 0,
  lastJoined: false,
})

function invisible(character: string, cluster: Cluster | undefined, kind: Kind): Shown {
  // In a name it could make two names look alike: it is shown as itself.
  if (kind === 'name') return [REPLACEMENT, base(cluster)]
  if (cluster === undefined) return ['', cluster]
  if (PRESENTATION.test(character)) return presentation(character, cluster)
  if (JOINER.test(character)) return joiner(character, cluster)
  return ['', cluster]
}

/** Counted as a mark: a second one after the same character says nothing. */
const presentation = (character: string, cluster: Cluster): Shown =>
  cluster.marks === 0 ? [character, { ...cluster, marks: 1 }] : ['', cluster]

function joiner(character: string, cluster: Cluster): Shown {
  if (cluster.lastJoined || cluster.joiners >= MAX_JOINERS_PER_CLUSTER) return ['', cluster]
  return [character, { ...cluster, joiners: cluster.joiners + 1, lastJoined: true }]
}

function mark(character: string, cluster: Cluster | undefined): Shown {
  if (cluster === undefined) return [DOTTED_CIRCLE + character, { ...base(cluster), marks: 1 }]
  if (cluster.marks >= MAX_MARKS_PER_CLUSTER) return ['', cluster]
  return [character, { ...cluster, marks: cluster.marks + 1, lastJoined: false }]
}
