// Names that a peer chose (P4).

import { basename, join, resolve, win32 } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numberedName, safeLocalName } from '../../src/client/file-name.ts'

const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

function expectHarmless(name: string): void {
  const safe = safeLocalName(name)
  expect(safe).toMatch(/^[^/\\\0:*?"<>|$`;&#%'^\p{Cc}\p{Cf}]+$/u)
  expect(safe).not.toMatch(/^[.\- ]/)
  expect(safe).not.toMatch(/[. ]$/)
  expect(safe).not.toMatch(DEVICES)
  expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200)
  expect(resolve(join('/inbox', safe))).toBe(`/inbox/${safe}`)
  expect(win32.basename(safe)).toBe(safe)
}

describe('a peer’s file name', () => {
  test.each([
    ['../../.ssh/authorized_keys', 'authorized_keys'],
    ['..\\..\\autoexec.bat', 'autoexec.bat'],
    ['/etc/passwd', 'passwd'],
    ['.bashrc', 'bashrc'],
    ['-rf', 'rf'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['C:', 'C_'],
    ['a\u0000b', 'a_b'],
    ['\u202Egpj.exe', 'gpj.exe'],
    ['...', 'file'],
    ['', 'file'],
    ['Ferien am Meer (2).jpg', 'Ferien am Meer (2).jpg'],
    ['写真.png', '写真.png'],
    ['note.txt   ', 'note.txt'],
  ])('%j becomes %j', (offered, safe) => {
    expect(safeLocalName(offered)).toBe(safe)
  })

  test('lands inside the folder, whatever it is', () => {
    const nasty = fc.constantFrom('..', '/', '\\', '\0', ':', 'CON', '.', '-', ' ', '\u202e', '~')
    const name = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 8 })))
    fc.assert(
      fc.property(name, (parts) => expectHarmless(parts.join(''))),
      { numRuns: 2_000 },
    )
  })

  test('keeps its ending when it is cut', () => {
    const long = safeLocalName(`${'ä'.repeat(400)}.tar.gz`)
    expect(long.endsWith('.gz')).toBe(true)
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(200)
    // A pile of combining marks is one character of any length: nothing of it is left.
    expect(safeLocalName(`a${'\u0301'.repeat(4000)}.txt`)).toBe('file.txt')
    // What is left by cutting is a name like any other.
    expect(safeLocalName(`agpj.${'\u0323'.repeat(400)}`)).toBe('agpj')
    expect(safeLocalName(`conx${'\u0301'.repeat(400)}.txt`)).toBe('_con.txt')
  })

  test('gets its number before its ending', () => {
    expect(numberedName('a.txt', 0)).toBe('a.txt')
    expect(numberedName('a.txt', 2)).toBe('a (2).txt')
    expect(numberedName('README', 1)).toBe('README (1)')
    expect(basename(numberedName('a.b.c', 3))).toBe('a.b (3).c')
  })
})
