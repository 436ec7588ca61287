// The server's own keys, made at the first start and never part of a package or an image (R8).
// One key per purpose: the identity is what clients pin, the other signs session tokens.

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromBase64Url } from '../src/protocol/bytes.ts'
import { ServerError } from './options.ts'
import { writePrivateFile } from './private-files.ts'

export interface ServerKeys {
  /** Ed25519, 32 bytes. */
  readonly identity: Uint8Array
  readonly tokens: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  /** Of the tokens' public key, for what else only this server may make. */
  readonly tokenSeed: Uint8Array
}

const FILE = 'server-keys.json'

export function loadServerKeys(folder: string): ServerKeys {
  const path = join(folder, FILE)
  if (!existsSync(path)) {
    writePrivateFile(path, JSON.stringify({ identity: newKey(), tokens: newKey() }))
  }
  const stored: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const { identity, tokens } = stored as Record<string, JsonWebKey | undefined>
  const publicBytes = fromBase64Url(identity?.x ?? '')
  const seed = fromBase64Url(tokens?.d ?? '')
  if (publicBytes?.length !== 32 || seed?.length !== 32 || tokens === undefined) {
    throw new ServerError('damaged', `${FILE} does not hold the server's keys`)
  }
  const privateKey = createPrivateKey({ key: tokens, format: 'jwk' })
  return {
    identity: publicBytes,
    tokens: { privateKey, publicKey: createPublicKey(privateKey) },
    tokenSeed: seed,
  }
}

/** Encodings in the call: an export after the generation can hang for ever on Node 20. */
const newKey = (): JsonWebKey =>
  generateKeyPairSync('ed25519', {
    publicKeyEncoding: { format: 'jwk', type: 'spki' },
    privateKeyEncoding: { format: 'jwk', type: 'pkcs8' },
  } as never).privateKey as unknown as JsonWebKey
