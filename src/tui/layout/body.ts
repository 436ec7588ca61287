// What a message says, as lines. (Markdown comes in here.)

import { isolated, type SafeText, safeText } from '../../protocol/safe-text.ts'
import { type Line, line } from '../text/line.ts'
import { wrappedLine } from '../text/wrap.ts'
import type { Theme } from '../theme/theme.ts'

interface BodyLook {
  readonly width: number
  readonly theme: Theme
  readonly mentions: readonly string[]
  readonly account: string
}

export function bodyOf(body: string, look: BodyLook): readonly Line[] {
  return safeText(body, { multiline: true })
    .split('\n')
    .flatMap((row) =>
      wrappedLine(line(isolated(row as SafeText), look.theme.styles.text), look.width),
    )
}
