// One look into the OS keychain from a process of its own, whose bus the test chose. Prints what
// came of it as JSON. Arguments: the entry, then `load`, `save` or `remove`.

import { osKeychain } from '../../src/keychain/os.ts'
import { KeychainError } from '../../src/keychain/port.ts'
import { secrets } from './secrets.ts'

const [entry = '', verb = 'load'] = process.argv.slice(2)
const keychain = osKeychain({ entry })
const before = performance.now()

async function look(): Promise<object> {
  try {
    if (verb === 'save') await keychain.save(secrets)
    else if (verb === 'remove') await keychain.remove()
    else return { found: (await keychain.load()) !== undefined }
    return { done: verb }
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    return { code: error.code, message: error.message }
  }
}

const result = await look()
console.log(JSON.stringify({ ...result, ms: performance.now() - before }))
