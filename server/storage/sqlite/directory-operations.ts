// The directory's operations in the storage worker, gathered from their nouns.

import { accountOperations } from './accounts.ts'
import { blobOperations } from './blob-rows.ts'
import { inviteOperations } from './invites.ts'
import { prekeyOperations } from './prekeys.ts'

export { currentListVersion } from './accounts.ts'
export { directorySchema } from './directory-schema.ts'

export const directoryOperations = {
  ...accountOperations,
  ...prekeyOperations,
  ...inviteOperations,
  ...blobOperations,
}
