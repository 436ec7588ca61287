// Every method of the façade, one file per noun.

import type { MethodName } from '../api.ts'
import type { MethodsOf } from '../profile.ts'
import { accountMethods } from './account.ts'
import { chatMethods } from './chats.ts'
import { contactMethods } from './contacts.ts'
import { doctorMethods } from './doctor.ts'
import { downloadMethods } from './download.ts'
import { exportMethods } from './export.ts'
import { historyMethods } from './history.ts'
import { messageMethods } from './messages.ts'
import { receiveMethods } from './receive.ts'
import { screenMethods } from './screen.ts'
import { sendMethods } from './send.ts'
import { statusMethods } from './status.ts'
import { verifyMethods } from './verify.ts'

export const METHODS: MethodsOf<MethodName> = {
  ...accountMethods,
  ...contactMethods,
  ...verifyMethods,
  ...sendMethods,
  ...receiveMethods,
  ...chatMethods,
  ...exportMethods,
  ...historyMethods,
  ...screenMethods,
  ...messageMethods,
  ...downloadMethods,
  ...doctorMethods,
  ...statusMethods,
}
