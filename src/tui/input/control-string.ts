// Control strings (OSC, DCS, APC) that a terminal answers with.

import type { Reply } from './event.ts'

/** OSC 11: `rgb:ffff/ffff/ffff`, one to four figures each. */
const BACKGROUND = /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i
/** XTVERSION. */
const VERSION = /^>\|([ -~]{1,64})$/
const GRAPHICS = /^Gi=\d+[^;]*;(OK)?/

export function stringReply(introducer: string, body: string): Reply | undefined {
  switch (introducer) {
    case ']':
      return background(body)
    case 'P': {
      const name = VERSION.exec(body)?.[1]
      return name === undefined ? undefined : { of: 'version', name }
    }
    case '_': {
      const match = GRAPHICS.exec(body)
      return match === null ? undefined : { of: 'kittyGraphics', ok: match[1] === 'OK' }
    }
    default:
      return undefined
  }
}

function background(body: string): Reply | undefined {
  const match = BACKGROUND.exec(body)
  if (match === null) return undefined
  const [red = 0, green = 0, blue = 0] = match.slice(1).map((digits) => {
    const most = 16 ** digits.length - 1
    return Math.round((Number.parseInt(digits, 16) / most) * 255)
  })
  return { of: 'background', colour: { red, green, blue } }
}
