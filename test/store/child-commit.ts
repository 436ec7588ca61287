// Commits rows for as long as it lives and says each one's number after its commit. Arguments: the
// database's path and the first number.

import { writeSync } from 'node:fs'
import { openStore } from '../../src/store/sqlite-store.ts'
import { chat, device, eventRow, fill, log, message, messageRow, sessionRow } from './rows.ts'

const [path = '', first = '1'] = process.argv.slice(2)
const store = openStore({ path, key: fill(32, 42) })

for (let number = Number(first); ; number += 1) {
  store.transaction((tx) => {
    tx.putSession({ ...sessionRow, updatedAt: number })
    tx.addMessage({ ...messageRow, id: message(number), chat: chat(1), body: `word ${number}` })
    tx.addSeen(device(2), message(number), number)
    tx.putCursor(log(1), number)
    tx.addEvent({ ...eventRow, message: message(number) })
  })
  writeSync(1, `${number}\n`)
}
