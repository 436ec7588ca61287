// A value as one line of JSON that a terminal may be shown: what JSON.stringify leaves raw and a
// terminal would obey (DEL, C1, bidi and other format characters, separators, private use) is
// escaped. Parsed, it is the same value. Lone surrogates are escaped by JSON.stringify itself.

const PLAIN_ASCII = /^[\x20-\x7e]*$/

export function jsonLine(value: object): string {
  const line = JSON.stringify(value)
  return PLAIN_ASCII.test(line)
    ? line
    : line.replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, escaped)
}

function escaped(character: string): string {
  let text = ''
  for (let unit = 0; unit < character.length; unit += 1) {
    text += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`
  }
  return text
}
