// What every program that seals or opens a message has to load.

import { resolve } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

async function inputsOf(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  })
  return Object.keys(metafile.inputs)
}

test('the default provider loads the portable KEM and no portable curve or cipher', async () => {
  const inputs = await inputsOf('src/crypto/provider-node.ts')
  expect(inputs.some((file) => file.endsWith('post-quantum/ml-kem.js'))).toBe(true)
  const unwanted = /@noble\/ciphers|curves\/(ed25519|abstract\/(edwards|montgomery|curve)\b)|argon2/
  expect(inputs.filter((file) => unwanted.test(file))).toEqual([])
})

test('what the server checks signatures with cannot open or seal a message', async () => {
  const inputs = await inputsOf('src/crypto/device-list.ts')
  const rooms = inputs.filter((file) => file.startsWith('src/crypto/'))
  expect(rooms.sort()).toEqual(['src/crypto/device-list.ts', 'src/crypto/labels.ts'])
})
