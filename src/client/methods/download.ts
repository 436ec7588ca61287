// One file of a message, or all of them into a folder.

import { stat } from 'node:fs/promises'
import { sep } from 'node:path'
import type { AttachmentRow } from '../../store/port.ts'
import { resolveMessage } from '../addresses.ts'
import { ClientError } from '../api.ts'
import { badInput, notFound } from '../errors.ts'
import type { MethodsOf, Profile } from '../profile.ts'

export const downloadMethods: MethodsOf<'download'> = {
  download: async (profile, { id, output }, signal) => {
    const rows = rowsOf(profile, id)
    const [first] = rows
    if (first === undefined) throw notFound('This message has no file.')
    if (rows.length > 1 && !(await isFolder(output))) {
      throw badInput('This message has several files.', 'name a folder with -o')
    }
    const release = profile.link.want()
    try {
      const both = AbortSignal.any([signal, profile.leaving])
      let path = ''
      for (const row of rows) path = await profile.transfers.download(ready(row), output, both)
      return { path: rows.length > 1 ? output : path }
    } finally {
      release()
    }
  },
}

/** By an attachment's own id, or by its message's. */
function rowsOf({ store }: Profile, id: string): readonly AttachmentRow[] {
  const one = store.attachment(id)
  return one === undefined ? store.attachments(resolveMessage(store, id).id) : [one]
}

function ready(row: AttachmentRow): AttachmentRow {
  if (row.state === 'uploading') {
    throw new ClientError('not_found', 'This file is still on its way up.')
  }
  return row
}

async function isFolder(path: string): Promise<boolean> {
  if (path.endsWith(sep)) return true
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}
