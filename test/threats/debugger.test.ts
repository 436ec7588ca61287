import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ended, freePort, lineOf, run, start } from '../helpers/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'sotto-debugger-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a debugger (L6)', () => {
  test('a process that a debugger listens to does nothing', async () => {
    const ran = await run(['config', 'path'], {
      HOME: folder,
      NODE_OPTIONS: '--inspect=127.0.0.1:0',
    })
    expect(ran.code).toBe(6)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toContain('A debugger listens')
  })

  test('the signal that starts a debugger starts none', async () => {
    const listen = `127.0.0.1:${await freePort()}`
    const args = ['server', 'run', '--listen', listen, '--data', join(folder, 'server')]
    const server = start(args, { HOME: folder })
    let errors = ''
    server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk
    })
    await lineOf(server, (line) => line.includes('listening on'))
    server.kill('SIGUSR1')
    // It answers still, so the signal was dealt with.
    expect((await fetch(`http://${listen}/v1/server`)).status).toBe(200)
    server.kill('SIGTERM')
    await ended(server)
    expect(errors).not.toContain('Debugger listening')
  })
})
