// A step's writes, applied to the store's transaction one by one, in their order.

import type { Notice, Write } from '../engine/step.ts'
import type { StoreWriter } from '../store/port.ts'
import { contactRow } from './view.ts'

/** Returns the notices of what got its number here: the journal's lines. */
export function applyWrites(tx: StoreWriter, writes: readonly Write[]): readonly Notice[] {
  const notices: Notice[] = []
  for (const write of writes) {
    if (write.kind === 'addEvent') {
      const { event } = write
      const { type, chat, message, at } = event
      const cursor = tx.addEvent({
        cursor: 0,
        type,
        chat,
        message,
        data: JSON.stringify(event.data),
        at,
      })
      notices.push({ kind: 'event', event, cursor })
    } else apply(tx, write)
  }
  return notices
}

function apply(tx: StoreWriter, write: Exclude<Write, { kind: 'addEvent' }>): void {
  switch (write.kind) {
    case 'putMeta':
      tx.putMeta(write.key, write.value)
      return
    case 'deleteMeta':
      tx.deleteMeta(write.key)
      return
    case 'putContact':
      tx.putContact(contactRow(write.contact))
      return
    case 'deleteContact':
      tx.deleteContact(write.account)
      return
    case 'putDevices': {
      const { head, devices: _devices, ...row } = write.devices
      tx.putDeviceList({ ...row, version: head.version, hash: head.hash })
      return
    }
    case 'dropDevices': {
      const gone = { hash: NO_HASH, body: NOTHING, signature: NO_SIGNATURE }
      tx.putDeviceList({ ...gone, account: write.account, version: 0, checkedAt: 0 })
      return
    }
    case 'forgetDevices':
      tx.deleteDeviceList(write.account)
      return
    case 'putDeviceName':
      tx.putDeviceName(write.device, write.name)
      return
    case 'putSession':
      tx.putSession(write.session)
      return
    case 'deleteSession':
      tx.deleteSession(write.session)
      return
    case 'deleteAllSessions':
      tx.deleteAllSessions()
      return
    case 'addSkippedKey':
      tx.addSkippedKey(write.key)
      return
    case 'deleteSkippedKey':
      tx.deleteSkippedKey(write.session, write.ratchetKey, write.index)
      return
    case 'trimSkippedKeys':
      tx.trimSkippedKeys(write.session, write.keep, write.before)
      return
    case 'putPrekey':
      tx.putPrekey(write.prekey)
      return
    case 'deletePrekey':
      tx.deletePrekey(write.prekey, write.id)
      return
    case 'deleteAllPrekeys':
      tx.deleteAllPrekeys()
      return
    case 'addHandshakeSeen':
      tx.addHandshakeSeen(write.hash, write.at)
      return
    case 'forgetHandshakes':
      tx.forgetHandshakes(write.before)
      return
    case 'putChat':
      tx.putChat(write.chat)
      return
    case 'deleteChat':
      tx.deleteChat(write.chat)
      return
    case 'addMessage':
      tx.addMessage(write.message)
      return
    case 'updateMessage':
      tx.updateMessage(write.message)
      return
    case 'deleteMessage':
      tx.deleteMessage(write.message)
      return
    case 'putReaction':
      tx.putReaction(write.reaction)
      return
    case 'deleteReaction': {
      const { message, account, emoji } = write.reaction
      tx.deleteReaction(message, account, emoji)
      return
    }
    case 'putAttachment':
      tx.putAttachment(write.attachment)
      return
    case 'addSeen':
      tx.addSeen(write.device, write.message, write.at)
      return
    case 'forgetSeen':
      tx.forgetSeen(write.before)
      return
    case 'addOutbox':
      tx.addOutbox(write.outgoing)
      return
    case 'delayOutbox':
      tx.delayOutbox(write.row, write.notBefore)
      return
    case 'deleteOutbox':
      tx.deleteOutbox(write.row)
      return
    case 'putCursor':
      tx.putCursor(write.log, write.seq)
      return
    case 'putArrived':
      tx.putArrived(write.log, write.seq, write.digest)
      return
    case 'forgetArrived':
      tx.forgetArrived(write.log, write.upTo)
      return
    case 'hurryOutbox':
      tx.hurryOutbox(write.now)
      return
    case 'shortenExpiry':
      tx.shortenExpiry(write.now)
      return
    case 'putAppended':
      tx.putAppended(write.log, write.seq)
      return
    case 'forgetAppended':
      tx.forgetAppended()
      return
    case 'forgetEvents':
      tx.forgetEvents(write.before)
      return
    case 'trimEvents':
      tx.trimEvents(write.type, write.keep)
      return
    case 'putConsumer':
      tx.putConsumer(write.name, write.cursor)
      return
    case 'putIdempotent':
      tx.putIdempotent(write.key, write.result, write.at)
      return
    case 'forgetIdempotent':
      tx.forgetIdempotent(write.before)
      return
    case 'addReceipt':
      tx.addReceipt(write.receipt)
      return
    case 'deleteReceipt': {
      const { account, message, kind } = write.receipt
      tx.deleteReceipt(account, message, kind)
      return
    }
    case 'forgetQuarantine':
      tx.forgetQuarantine(write.before)
      return
    case 'trimQuarantine':
      tx.trimQuarantine(write.reason, write.keep, write.bytes)
      return
    case 'deleteQuarantine':
      tx.deleteQuarantine(write.log, write.seq)
      return
    case 'addQuarantine':
      tx.addQuarantine(write.entry)
      return
  }
}

const NOTHING = new Uint8Array()
const NO_HASH = new Uint8Array(32)
const NO_SIGNATURE = new Uint8Array(64)
