// What must be found nowhere, in every form in which it might stand somewhere.

/** A secret or a text, and the bytes to look for. */
export interface Needle {
  readonly name: string
  readonly bytes: Buffer
}

/** As text in both alphabets of bytes, and as what dumps, URLs and JSON make of it. */
export function textNeedles(name: string, text: string): readonly Needle[] {
  const little = Buffer.from(text, 'utf16le')
  return [
    ...byteNeedles(name, Buffer.from(text)),
    { name: `${name} in UTF-16`, bytes: little },
    { name: `${name} in UTF-16, big end first`, bytes: Buffer.from(little).swap16() },
    { name: `${name} in UTF-16 in base64`, bytes: Buffer.from(innerBase64(little, 0)) },
  ]
}

export function byteNeedles(name: string, bytes: Buffer): readonly Needle[] {
  const hex = bytes.toString('hex')
  return [
    { name, bytes },
    { name: `${name} in hex`, bytes: Buffer.from(hex) },
    { name: `${name} in capital hex`, bytes: Buffer.from(hex.toUpperCase()) },
    ...[0, 1, 2].flatMap((shift) => {
      const inner = innerBase64(bytes, shift)
      const forUrls = inner.replaceAll('+', '-').replaceAll('/', '_')
      return (inner === forUrls ? [inner] : [inner, forUrls]).map((form) => ({
        name: `${name} in base64`,
        bytes: Buffer.from(form),
      }))
    }),
  ]
}

/** The characters of its base64 that are the same whatever stands before and behind it. */
function innerBase64(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
  const from = Math.ceil((shift * 8) / 6)
  const to = Math.floor(((shift + bytes.length) * 8) / 6)
  return whole.slice(from, to)
}

/** Names of those that are in it. */
export const foundIn = (haystack: Buffer, needles: readonly Needle[]): readonly string[] =>
  needles.filter(({ bytes }) => haystack.includes(bytes)).map(({ name }) => name)
