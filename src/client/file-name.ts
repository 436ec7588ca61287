// From a name that a peer chose to a name that this machine may be given (P4): the base name,
// allowed characters only, bounded, never hidden, never an option, never a device.

/** A file name has 255 bytes on common file systems; ours leaves room for ` (12)` and `.part`. */
const MAX_NAME_BYTES = 200
const FALLBACK = 'file'
/** Windows reads these as devices, with any extension and in any case. */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$) *(\.|$)/i
/** At its beginning a dot hides a name, a dash makes an option, a tilde somebody's home. */
const HIDDEN_OR_OPTION = /^[.\-~ ]+/

export function safeLocalName(offered: string): string {
  const base = offered.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const clean = base
    // Letters and marks that show nothing and could hide an extension.
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    // Letters, marks, numbers, and punctuation that no path and no file system reads stay.
    .replace(/[^\p{L}\p{M}\p{N} ._,+=@()[\]{}!~-]/gu, '_')
    .replace(HIDDEN_OR_OPTION, '')
    .replace(/[. ]+$/, '')
  // Shortened first: what is left of a long name may be a device, or end where none may.
  const named = shortened(clean).replace(/[. ]+$/, '') || FALLBACK
  return RESERVED.test(named) ? `_${named}` : named
}

/** The same name with a number before its extension, for when the first is taken. */
export function numberedName(name: string, number: number): string {
  if (number === 0) return name
  const { stem, extension } = split(name)
  return `${stem} (${number})${extension}`
}

function split(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf('.')
  // An extension is short; a long tail behind a dot is a part of the name.
  return dot > 0 && name.length - dot <= 16
    ? { stem: name.slice(0, dot), extension: name.slice(dot) }
    : { stem: name, extension: '' }
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) < MAX_NAME_BYTES) return name
  const { stem, extension } = split(name)
  // Room for the mark in front of a device's name.
  const room = MAX_NAME_BYTES - 1 - Buffer.byteLength(extension)
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(stem)) {
    if (Buffer.byteLength(kept) + Buffer.byteLength(segment) > room) break
    kept += segment
  }
  // One cluster alone may be longer than all the room: then the name is nothing but a trick.
  return `${kept.trimEnd() || FALLBACK}${extension}`
}
