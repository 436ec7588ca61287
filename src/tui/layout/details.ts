// Beside a conversation: who it is with, how they are verified, its settings, its files.

import { bytesOf, nameOf } from '../../client/shown.ts'
import { isolated, type SafeText, safe, safeFileName } from '../../protocol/safe-text.ts'
import type { Main, Model } from '../model.ts'
import { type Line, line, spread } from '../text/line.ts'
import { wrappedLine } from '../text/wrap.ts'
import { shortTime } from '../times.ts'
import { chatNamed } from '../update/chats.ts'
import { durationOf } from '../update/pages.ts'
import { paneOf } from '../update/step.ts'

const MAX_FILES = 8

const TRUST = {
  unknown: [safe`no key is known yet`, 'muted'],
  unverified: [safe`not verified: /verify`, 'warning'],
  verified: [safe`✓ verified`, 'success'],
  changed: [safe`! the identity changed: /acceptchange`, 'danger'],
} as const
const RELATIONS = {
  none: safe`no contact`,
  outgoing: safe`asked, no answer yet`,
  incoming: safe`asks to be a contact: /accept, /decline, /block`,
  accepted: safe`a contact`,
  blocked: safe`blocked`,
} as const

export function detailLines(model: Model, main: Main, width: number): readonly Line[] {
  const { styles } = model.theme
  const pane = paneOf(main)
  const chat = chatNamed(main, pane?.chat)
  const name = chat?.name ?? pane?.to
  if (name === undefined) return []
  const contact = main.contacts.find((one) => one.name === name)
  const said = (text: SafeText, style = styles.text): readonly Line[] =>
    wrappedLine(line(safe` ${text}`, style), width, { hang: 1 })
  const trust = contact === undefined ? undefined : TRUST[contact.trust]
  return [
    ...said(nameOf(name), styles.title),
    ...(contact?.alias == null ? [] : said(nameOf(contact.alias), styles.muted)),
    ...(contact === undefined ? [] : said(RELATIONS[contact.relation], styles.muted)),
    ...(trust === undefined ? [] : said(trust[0], styles[trust[1]])),
    [],
    ...(chat === undefined
      ? []
      : [
          ...said(
            chat.expire_after === null
              ? safe`messages stay`
              : safe`messages disappear after ${durationOf(chat.expire_after)}`,
            styles.muted,
          ),
          ...said(chat.muted_until === null ? safe`notifies` : safe`muted`, styles.muted),
          ...(chat.pinned ? said(safe`pinned`, styles.muted) : []),
        ]),
    [],
    ...filesOf(model, main, width),
  ]
}

function filesOf(model: Model, main: Main, width: number): readonly Line[] {
  const { styles } = model.theme
  const chat = paneOf(main)?.chat
  const messages = chat === undefined ? [] : (main.threads.get(chat)?.messages ?? [])
  const files = messages
    .flatMap(({ attachments, sent_at }) => attachments.map((file) => ({ ...file, sent_at })))
    .slice(-MAX_FILES)
    .reverse()
  if (files.length === 0) return []
  return [
    line(safe` Files`, styles.heading),
    ...files.map(({ name, size, sent_at }) =>
      spread(
        line(safe` ${isolated(safeFileName(name))}`, styles.accent),
        line(safe` ${bytesOf(size)} ${shortTime(sent_at, model.now)} `, styles.muted),
        width,
      ),
    ),
  ]
}
