// What makes text from outside visible. A terminal judges what comes out of it.

import { safeLocalName } from '../../src/client/file-name.ts'
import { jsonLine } from '../../src/protocol/json-line.ts'
import { isolated, safeFileName, safeName, safeText } from '../../src/protocol/safe-text.ts'
import { blocksOf } from '../../src/tui/markdown/blocks.ts'
import { runsOf } from '../../src/tui/markdown/inline.ts'
import { linkTo } from '../../src/tui/text/link.ts'
import { HOSTILE_TEXTS } from '../hostile/corpus.ts'
import { HARMFUL, HARMFUL_IN_JSON, HARMLESS, openJudge, verdictOf } from '../hostile/terminal.ts'
import { type Target, textOf } from './inputs.ts'

const never = (): boolean => false
const seeds = HOSTILE_TEXTS.map(({ text }) => text.toWellFormed())
const MARKUP = [
  '# a\n\n- *b* **c** `d` ~~e~~\n> q\n\n```js\nx\n```\n| a | b |\n|---|---|\n| 1 | 2 |',
  '[x](https://example.org) <https://a.example> ![i](data:x) [[[[ **__*',
]
const { judge } = openJudge()

function expectHarmless(text: string): void {
  if (HARMFUL.test(text)) throw new Error('something harmful was let through')
  const shown = JSON.stringify(verdictOf(judge(text)))
  if (shown !== JSON.stringify(HARMLESS)) throw new Error(`the terminal did ${shown}`)
}

export const SHOWN: readonly Target[] = [
  {
    name: 'the sanitizer',
    seeds,
    run(raw) {
      const text = textOf(raw)
      expectHarmless(
        [
          safeText(text),
          safeText(text, { multiline: true }).replaceAll('\n', '  '),
          safeName(text),
          safeFileName(text),
          isolated(safeText(text)),
        ].join('\n'),
      )
    },
    refuses: never,
  },
  {
    name: 'JSON for a terminal',
    seeds,
    run(raw) {
      const body = textOf(raw)
      const line = jsonLine({ body })
      if (HARMFUL_IN_JSON.test(line)) throw new Error('something harmful was let through')
      if (JSON.parse(line).body !== body) throw new Error('another text')
    },
    refuses: never,
  },
  {
    name: 'names of saved files',
    seeds: [
      '../../.ssh/authorized_keys',
      'C:\\con.txt',
      'a\u202egpj.exe',
      '-rf',
      '~root',
      ...seeds,
    ],
    run(raw) {
      const name = safeLocalName(textOf(raw))
      const bad = /[/\\\0:*?"<>|\p{Cc}\p{Cf}]|^[.\-~ ]|[. ]$|^$/u
      if (bad.test(name) || Buffer.byteLength(name) > 200) throw new Error(JSON.stringify(name))
    },
    refuses: never,
  },
  {
    name: 'markup',
    seeds: [...MARKUP, ...seeds],
    run(raw) {
      const text = safeText(textOf(raw), { multiline: true })
      blocksOf(text)
      runsOf(text)
      const href = linkTo(textOf(raw))?.href ?? 'x'
      if (!/^[\x21-\x7e]+$/.test(href)) throw new Error('a link that is no printable ASCII')
    },
    refuses: never,
  },
]
