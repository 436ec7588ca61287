// What there is to know of a language to colour it: its comments, its strings, its words.

export interface Language {
  /** Regular expressions without groups and without flags, each of which takes time with what it
   *  matches: a string or comment that is not closed goes on to the end, and is not tried again. */
  readonly comments: readonly string[]
  readonly strings: readonly string[]
  readonly keywords: ReadonlySet<string>
  /** Words are the same in capitals. */
  readonly anyCase?: true
  /** What a word may consist of, beyond letters, figures and `_`. */
  readonly wordExtras?: string
}

const LINE_SLASHES = String.raw`\/\/[^\n]*`
const LINE_HASH = String.raw`#[^\n]*`
/** `$#` and `a#b` are no comments. */
const LONE_HASH = String.raw`(?<!\S)#[^\n]*`
const LINE_DASHES = String.raw`--[^\n]*`
const BLOCK = String.raw`\/\*[^]*?(?:\*\/|$)`
const MARKUP_COMMENT = '<!--[^]*?(?:-->|$)'
/** Ends with its line. */
const DOUBLE = String.raw`"(?:\\.|[^"\\\n])*"?`
const SINGLE = String.raw`'(?:\\.|[^'\\\n])*'?`
const TEMPLATE = '`(?:\\\\[^]|[^`\\\\])*`?'
const TRIPLE_DOUBLE = '"""[^]*?(?:"""|$)'
const TRIPLE_SINGLE = `'''[^]*?(?:'''|$)`
/** In languages that use the quote for other things than strings as well (lifetimes). */
const CHARACTER = String.raw`'(?:\\[^\n']{1,8}|[^'\\\n])'`
/** SQL doubles what it quotes. */
const SQL_STRING = `'(?:''|[^'])*'?`

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const SCRIPT: Language = {
  comments: [LINE_SLASHES, BLOCK],
  strings: [DOUBLE, SINGLE, TEMPLATE],
  keywords: words(
    'abstract any as asserts async await boolean break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let namespace never new null number object of package private protected public readonly return satisfies set static string super switch symbol this throw true try type typeof undefined unknown var void while with yield',
  ),
}

const PYTHON: Language = {
  comments: [LINE_HASH],
  strings: [TRIPLE_DOUBLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
  keywords: words(
    'False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return self try while with yield',
  ),
}

const RUST: Language = {
  comments: [LINE_SLASHES, BLOCK],
  strings: [DOUBLE, CHARACTER],
  keywords: words(
    'Self as async await bool break char const continue crate dyn else enum extern f32 f64 false fn for i16 i32 i64 i8 if impl in isize let loop match mod move mut pub ref return self static str struct super trait true type u16 u32 u64 u8 unsafe use usize where while',
  ),
}

const GO: Language = {
  comments: [LINE_SLASHES, BLOCK],
  strings: [DOUBLE, CHARACTER, '`[^`]*`?'],
  keywords: words(
    'any bool break byte case chan const continue default defer else error fallthrough false float64 for func go goto if import int int64 interface iota map nil package range return rune select string struct switch true type uint uint64 var',
  ),
}

const C: Language = {
  comments: [LINE_SLASHES, BLOCK],
  strings: [DOUBLE, CHARACTER],
  keywords: words(
    'alignas auto bool break case catch char class const constexpr const_cast continue default delete do double dynamic_cast else enum explicit extern false final float for friend goto if inline int long mutable namespace new noexcept nullptr operator override private protected public register reinterpret_cast return short signed sizeof static static_cast struct switch template this throw true try typedef typename union unsigned using virtual void volatile while NULL',
  ),
}

const JAVA: Language = {
  comments: [LINE_SLASHES, BLOCK],
  strings: [TRIPLE_DOUBLE, DOUBLE, CHARACTER],
  keywords: words(
    'abstract assert boolean break byte case catch char class const continue data default do double else enum extends false final finally float for fun if implements import in instanceof int interface internal is long native new null object open override package private protected public record return sealed short static strictfp super switch synchronized this throw throws transient true try val var void volatile when while yield',
  ),
}

const SHELL: Language = {
  comments: [LONE_HASH],
  strings: [String.raw`"(?:\\[^]|[^"\\])*"?`, `'[^']*'?`],
  keywords: words(
    'case cd do done echo elif else esac eval exec exit export fi for function if in local read readonly return select set shift source sudo then trap unset until while',
  ),
  wordExtras: '-',
}

const SQL: Language = {
  comments: [LINE_DASHES, BLOCK],
  strings: [SQL_STRING, DOUBLE],
  keywords: words(
    'add all alter and as asc begin between bigint blob by case check column commit constraint create cross default delete desc distinct drop else end except exists false foreign from full group having if in index inner insert integer intersect into is join key left like limit not null offset on or order outer primary references returning right rollback select set table text then true union unique update using values view when where with',
  ),
  anyCase: true,
}

const JSON_LIKE: Language = {
  comments: [LINE_SLASHES, BLOCK],
  strings: [DOUBLE],
  keywords: words('false null true'),
}

const YAML: Language = {
  comments: [LONE_HASH],
  strings: [DOUBLE, String.raw`(?<!\w)${SINGLE}`],
  keywords: words('false no null off on true yes'),
  wordExtras: '-',
}

const MARKUP: Language = {
  comments: [MARKUP_COMMENT],
  strings: [`"[^"<>]*"?`],
  // The names of tags: what stands behind `<`.
  keywords: new Set(),
  wordExtras: ':-',
}

/** By the names that stand behind a fence. */
const LANGUAGES: Readonly<Record<string, Language>> = {
  ...named(SCRIPT, 'ts tsx typescript js jsx javascript mjs cjs'),
  ...named(PYTHON, 'py python python3'),
  ...named(RUST, 'rs rust'),
  ...named(GO, 'go golang'),
  ...named(C, 'c h cc cpp cxx hpp c++ objc cs csharp'),
  ...named(JAVA, 'java kt kotlin scala swift'),
  ...named(SHELL, 'sh bash zsh fish shell console'),
  ...named(SQL, 'sql sqlite postgres postgresql mysql'),
  ...named(JSON_LIKE, 'json jsonc json5'),
  ...named(YAML, 'yaml yml toml ini'),
  ...named(MARKUP, 'html xml svg xhtml vue'),
}

function named(language: Language, names: string): Readonly<Record<string, Language>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, language]))
}

export function languageOf(name: string): Language | undefined {
  const known = name.toLowerCase()
  return Object.hasOwn(LANGUAGES, known) ? LANGUAGES[known] : undefined
}

export const isMarkup = (language: Language): boolean => language === MARKUP
export const isDiff = (name: string): boolean => /^(diff|patch)$/i.test(name)
