// An address that a terminal may be told to open (OSC 8). What a click does is decided by the
// scheme, so few are allowed; what is sent is percent-encoded ASCII, so nothing in it can end the
// sequence. Views show the address as text beside it: a link's text alone proves nothing.

declare const brand: unique symbol
export interface Link {
  readonly [brand]: 'Link'
  /** Printable ASCII without spaces. */
  readonly href: string
  /** The same for all parts of one link, so that a terminal lights them up together. */
  readonly id: string
}

const SCHEMES = new Set(['http:', 'https:', 'mailto:'])
/** VTE cuts off at 2083; longer ones are no use to anybody. */
const MAX_HREF = 2000
const PRINTABLE = /^[\x21-\x7e]+$/

export function linkTo(address: string): Link | undefined {
  if (address.length > MAX_HREF || !URL.canParse(address)) return undefined
  const url = new URL(address)
  // A name in front of the host is there to be taken for the host.
  if (!SCHEMES.has(url.protocol) || url.username !== '' || url.password !== '') return undefined
  const { href } = url
  if (href.length > MAX_HREF || !PRINTABLE.test(href)) return undefined
  return { href, id: idOf(href) } as Link
}

/** FNV-1a: equal addresses light up together, and nothing hangs on it but that. */
function idOf(href: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < href.length; at++) {
    hash = Math.imul(hash ^ href.charCodeAt(at), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}
