// The model as elements. Views place blocks of finished lines; nothing here decides or calls.

import { Box } from 'ink'
import type { ReactNode } from 'react'
import { type SafeText, safe } from '../../protocol/safe-text.ts'
import { boxOf } from '../layout/box.ts'
import { columnsOf, firstPane } from '../layout/columns.ts'
import { detailLines } from '../layout/details.ts'
import { foundingLines, foundingTitle, lockedLines, openingLines } from '../layout/founding.ts'
import { listLines } from '../layout/list.ts'
import { overlayLines, overlayTitle } from '../layout/overlay.ts'
import { paneLines } from '../layout/pane.ts'
import { statusLine } from '../layout/status.ts'
import type { Main, Model } from '../model.ts'
import { Rows } from '../screen/rows.tsx'
import { fitted, type Line, line, lineWidth, truncatedLine } from '../text/line.ts'
import type { Theme } from '../theme/theme.ts'
import { topOf } from '../update/step.ts'

export function App({ model }: { readonly model: Model }): ReactNode {
  const { screen, size } = model
  switch (screen.kind) {
    case 'main':
      return <MainView model={model} main={screen.main} />
    case 'founding':
      return (
        <Centred
          model={model}
          title={foundingTitle(screen.founding)}
          lines={(width) => foundingLines(model, screen.founding, width)}
        />
      )
    case 'opening':
      return (
        <Centred model={model} title={safe`sotto`} lines={(width) => openingLines(model, width)} />
      )
    case 'locked':
      return (
        <Centred model={model} title={safe`sotto`} lines={(width) => lockedLines(model, width)} />
      )
    default:
      return <Rows lines={[]} width={size.columns} />
  }
}

function MainView({ model, main }: { readonly model: Model; readonly main: Main }): ReactNode {
  const { size, theme } = model
  const columns = columnsOf(model, main)
  const first = firstPane(main, columns.panes.length)
  const { rows } = columns
  return (
    <>
      <Box height={rows}>
        {columns.list > 0 && (
          <Rows
            lines={filled(listLines(model, main, columns.list, rows), rows)}
            width={columns.list}
          />
        )}
        {columns.panes.map((width, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a pane is its place
          <Box key={at}>
            {(columns.list > 0 || at > 0) && <Rule theme={theme} rows={rows} />}
            <Rows lines={filled(paneLines(model, main, first + at), rows)} width={width} />
          </Box>
        ))}
        {columns.details > 0 && (
          <>
            <Rule theme={theme} rows={rows} />
            <Rows
              lines={filled(detailLines(model, main, columns.details), rows)}
              width={columns.details}
            />
          </>
        )}
      </Box>
      <Rows lines={[statusLine(model, main, size.columns)]} width={size.columns} />
      <OverlayView model={model} main={main} />
    </>
  )
}

/** So many rows, whatever there is. */
const filled = (lines: readonly Line[], rows: number): readonly Line[] =>
  lines.length >= rows
    ? lines.slice(0, rows)
    : [...lines, ...Array.from({ length: rows - lines.length }, (): Line => [])]

function Rule({ theme, rows }: { readonly theme: Theme; readonly rows: number }): ReactNode {
  const rule = line('│' as SafeText, theme.styles.border)
  return <Rows lines={Array.from({ length: rows }, () => rule)} width={1} />
}

function OverlayView({ model, main }: { readonly model: Model; readonly main: Main }): ReactNode {
  const top = topOf(main)
  if (top === undefined) return null
  const box = boxOf(model, top)
  const lines = overlayLines(model, top, box).slice(0, box.height)
  const isTall =
    top.kind === 'picker' || top.kind === 'search' || top.kind === 'files' || top.kind === 'page'
  const inner = isTall ? filled(lines, box.height) : lines
  return <Framed model={model} title={overlayTitle(top)} lines={inner} width={box.width} />
}

interface CentredProps {
  readonly model: Model
  readonly title: SafeText
  readonly lines: (width: number) => readonly Line[]
}

const CENTRED_WIDTH = 68

function Centred({ model, title, lines }: CentredProps): ReactNode {
  const width = Math.max(10, Math.min(CENTRED_WIDTH, model.size.columns - 4) - 2 - 2 * PADDING)
  const shown = lines(width).slice(0, Math.max(1, model.size.rows - 2))
  return <Framed model={model} title={title} lines={shown} width={width} />
}

/** Between a frame and what stands in it. */
const PADDING = 1

interface FramedProps {
  readonly model: Model
  readonly title: SafeText
  readonly lines: readonly Line[]
  readonly width: number
}

function Framed({ model, title, lines, width }: FramedProps): ReactNode {
  const { size, theme } = model
  const { styles } = theme
  if (model.settings.screenReader) {
    const read = [line(title, styles.title), ...lines, []]
    return (
      <Box position="absolute">
        <Rows lines={read} width={size.columns} fill={styles.overlay} />
      </Box>
    )
  }
  const outer = width + 2 * PADDING
  const left = Math.max(0, Math.floor((size.columns - outer - 2) / 2))
  const top = Math.max(0, Math.floor((size.rows - lines.length - 2) / 2))
  const edge = (glyph: string) => ({ text: glyph as SafeText, style: styles.borderFocus })
  const name = truncatedLine([{ text: title, style: styles.title }], outer - 4)
  const head: Line = [edge('╭─ '), ...name, edge(` ${'─'.repeat(outer - 3 - lineWidth(name))}╮`)]
  const pad = ' '.repeat(PADDING)
  const framed: readonly Line[] = [
    head,
    ...lines.map((row) => [
      edge(`│${pad}`),
      ...fitted(row, width, { style: styles.overlay }),
      edge(`${pad}│`),
    ]),
    [edge(`╰${'─'.repeat(outer)}╯`)],
  ]
  return (
    <Box position="absolute" marginLeft={left} marginTop={top}>
      <Rows lines={framed} width={outer + 2} fill={styles.overlay} />
    </Box>
  )
}
