import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type PassphraseSources, readPassphrase } from '../../src/keychain/passphrase.ts'

const folder = mkdtempSync(join(tmpdir(), 'passphrase-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

const read = (sources: PassphraseSources): Promise<string> => readPassphrase(sources, false)
const needed = (detail: RegExp): object =>
  expect.objectContaining({ code: 'passphrase_needed', message: expect.stringMatching(detail) })

describe('a passphrase', () => {
  test('comes from the first source that is given', async () => {
    file('sotto-passphrase', 'from systemd\n', 0o440)
    const fd = openSync(file('fd', 'from fd\n'), 'r')
    const all = {
      fd,
      file: file('file', 'from file\n'),
      credentials: folder,
      environment: 'from environment',
      command: ['echo', 'from command'],
      ask: async () => 'from a person',
    }
    expect(await read(all)).toBe('from fd')
    closeSync(fd)
    const { fd: _fd, ...flags } = all
    expect(await read(flags)).toBe('from file')
    const { file: _file, ...environment } = flags
    expect(await read(environment)).toBe('from systemd')
    const { credentials: _credentials, ...variable } = environment
    expect(await read(variable)).toBe('from environment')
    const { environment: _environment, ...config } = variable
    expect(await read(config)).toBe('from command')
    const { command: _command, ...person } = config
    expect(await read(person)).toBe('from a person')
    await expect(read({})).rejects.toEqual(needed(/nobody to ask.*--passphrase-fd.*SOTTO_PASS/))
  })

  test('a credentials folder without our file means nothing', async () => {
    const other = mkdtempSync(join(tmpdir(), 'credentials-'))
    expect(await read({ credentials: other, environment: 'x' })).toBe('x')
    rmSync(other, { recursive: true })
  })

  test('a prompt knows whether a new passphrase is chosen', async () => {
    const asked: boolean[] = []
    const ask = async (fresh: boolean): Promise<string> => {
      asked.push(fresh)
      return 'x'
    }
    await readPassphrase({ ask }, true)
    await readPassphrase({ ask }, false)
    expect(asked).toEqual([true, false])
  })

  test('loses one newline at its end and nothing else', async () => {
    expect(await read({ file: file('a', ' two words \n\n') })).toBe(' two words \n')
    expect(await read({ file: file('b', 'windows\r\n') })).toBe('windows')
    expect(await read({ environment: 'none' })).toBe('none')
  })

  test('is the same however its accents were typed', async () => {
    expect(await read({ environment: 'cafe\u0301' })).toBe(await read({ environment: 'caf\u00e9' }))
  })

  test('that is empty is refused, wherever it came from', async () => {
    await expect(read({ file: file('c', '\n') })).rejects.toEqual(needed(/empty/))
    await expect(read({ environment: '' })).rejects.toEqual(needed(/empty/))
    await expect(read({ command: ['true'] })).rejects.toEqual(needed(/empty/))
    await expect(read({ ask: async () => '' })).rejects.toEqual(needed(/empty/))
  })

  test('in a file that others may read is refused', async () => {
    for (const mode of [0o644, 0o640, 0o602, 0o610]) {
      await expect(read({ file: file('d', 'x', mode) })).rejects.toEqual(needed(/chmod 600/))
    }
  })

  test('a source that fails is an error; the next one is not tried', async () => {
    const environment = 'fallback'
    const missing = join(folder, 'missing')
    await expect(read({ file: missing, environment })).rejects.toEqual(needed(/ENOENT/))
    await expect(read({ fd: 999, environment })).rejects.toEqual(needed(/EBADF/))
    const ask = async (): Promise<string> => environment
    await expect(read({ command: ['false'], ask })).rejects.toEqual(needed(/status 1/))
    await expect(read({ command: [missing], ask })).rejects.toEqual(needed(/ENOENT/))
    await expect(read({ command: '', ask })).rejects.toEqual(needed(/command is empty/))
  })

  test('a command is a program and its arguments, never a line for a shell', async () => {
    expect(await read({ command: 'echo a; echo $HOME `id`' })).toBe('a; echo $HOME `id`')
    expect(await read({ command: ['printf', '%s', 'a b'] })).toBe('a b')
  })

  test('that is far too long or no text is refused without being shown', async () => {
    const long = 'secret'.repeat(1000)
    await expect(read({ file: file('e', long) })).rejects.toEqual(needed(/too much/))
    await expect(read({ command: ['cat', '/dev/zero'] })).rejects.toEqual(needed(/too much/))
    const bytes = Uint8Array.of(0x73, 0xff, 0xfe)
    await expect(read({ file: file('f', bytes) })).rejects.toEqual(needed(/not UTF-8/))
    const failure = await read({ file: file('g', long) }).catch((error: Error) => error.message)
    expect(failure).not.toContain('secret')
  })
})
