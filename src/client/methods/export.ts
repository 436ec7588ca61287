// A conversation into a file of its owner's alone; never over one that is there.

import { constants } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import type { MessageRow } from '../../store/port.ts'
import { resolveChat } from '../addresses.ts'
import { chatListJson, messageJson } from '../json.ts'
import type { MethodsOf, Profile } from '../profile.ts'
import { TRANSCRIPTS } from '../transcript.ts'

const PRIVATE_FILE = 0o600
/** Pages of a few megabytes, however long the conversation is. */
const PAGE = 1_000

export const exportMethods: MethodsOf<'export'> = {
  export: async (profile, { chat, format, output }) => {
    const row = resolveChat(profile.store, chat)
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
    const file = await open(output, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE_FILE)
    try {
      await file.chmod(PRIVATE_FILE)
      const { begin, end, message } = TRANSCRIPTS[format]
      await file.write(begin(chatListJson(profile.store, row)))
      const messages = await written(profile, row.id, file, message)
      await file.write(end)
      await file.sync()
      await file.close()
      return { path: output, messages }
    } catch (error) {
      await file.close()
      // Half a conversation would be taken for the whole.
      await rm(output, { force: true })
      throw error
    }
  },
}

async function written(
  { store }: Profile,
  chat: MessageRow['chat'],
  file: FileHandle,
  text: (message: ReturnType<typeof messageJson>) => string,
): Promise<number> {
  let afterRow = 0
  let count = 0
  for (;;) {
    const rows = store.messages({ chat, afterRow, limit: PAGE })
    await file.write(rows.map((row) => text(messageJson(store, row))).join(''))
    count += rows.length
    afterRow = rows.at(-1)?.row ?? afterRow
    if (rows.length < PAGE) return count
  }
}
