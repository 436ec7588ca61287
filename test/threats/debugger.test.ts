import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

  test('one that a signal started before it was heard is closed', async () => {
    // As if the signal had come while the runtime was still starting.
    const early = join(folder, 'early.cjs')
    writeFileSync(early, "require('node:inspector').open(0, '127.0.0.1')")
    const program = join(folder, 'program.cjs')
    const path = join(import.meta.dirname, '../../dist/sotto.cjs')
    const listen = `127.0.0.1:${await freePort()}`
    const args = JSON.stringify([
      'server',
      'run',
      '--listen',
      listen,
      '--data',
      join(folder, 'late'),
    ])
    writeFileSync(
      program,
      `require('./early.cjs'); process.argv = [process.argv[0], ${JSON.stringify(path)}, ...${args}]
      require(${JSON.stringify(path)})`,
    )
    const server = spawn(process.execPath, [program], { env: { HOME: folder } })
    const errors: string[] = []
    const found = new Promise<string>((resolve) => {
      server.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        errors.push(chunk)
        const port = /Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(errors.join(''))?.[1]
        if (port !== undefined) resolve(port)
      })
    })
    const asked = `http://127.0.0.1:${await found}/json/version`
    const isOpen = (): Promise<boolean> =>
      fetch(asked).then(
        () => true,
        () => false,
      )
    while (await isOpen()) await new Promise((resolve) => setImmediate(resolve))
    expect((await fetch(`http://${listen}/v1/server`)).status).toBe(200)
    server.kill('SIGTERM')
    await ended(server)
  })
})
