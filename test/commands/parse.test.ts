import { describe, expect, test } from 'vitest'
import { ClientError } from '../../src/client/api.ts'
import { parse } from '../../src/commands/parse.ts'

const parsed = (...argv: readonly string[]) => {
  const result = parse(argv)
  if (result.kind !== 'command') throw new Error(`not a command: ${result.kind}`)
  const { spec, words, options, flags, rest } = result
  return { path: spec.path, words, options, flags, rest }
}

const refusal = (...argv: readonly string[]): ClientError => {
  try {
    parse(argv)
  } catch (error) {
    if (error instanceof ClientError) return error
  }
  throw new Error('it was not refused')
}

describe('the command line', () => {
  test.each([
    [['--json', '--profile', 'x', 'send', 'bob', 'hi']],
    [['send', '--json', 'bob', '--profile', 'x', 'hi']],
    [['send', 'bob', 'hi', '--profile=x', '--json']],
  ])('takes global options anywhere: %j', (argv) => {
    expect(parsed(...argv)).toMatchObject({
      path: 'send',
      words: ['bob', 'hi'],
      flags: { json: true, profile: 'x' },
    })
  })

  test('takes global options between the words of a command', () => {
    expect(parsed('msg', '--home', '/x', 'edit', 'abcdef', 'new')).toMatchObject({
      path: 'msg edit',
      words: ['abcdef', 'new'],
      flags: { home: '/x' },
    })
  })

  test('takes a file each time -f is said, and no more', () => {
    expect(parsed('send', 'bob', '-f', 'a', '--file', 'b', 'look')).toMatchObject({
      words: ['bob', 'look'],
      options: { file: ['a', 'b'] },
    })
  })

  test('takes several conversations after --in', () => {
    expect(parsed('receive', '--in', 'bob', 'carol', '--follow').options).toMatchObject({
      in: ['bob', 'carol'],
      follow: true,
    })
  })

  test('reads `chat` as a conversation unless a verb follows', () => {
    expect(parsed('chat', 'bob')).toMatchObject({ path: 'chat', words: ['bob'] })
    expect(parsed('chat', 'show', 'bob')).toMatchObject({ path: 'chat show', words: ['bob'] })
    expect(parsed('chat', '@show')).toMatchObject({ path: 'chat', words: ['@show'] })
  })

  test('leaves what follows -- alone: a text, or somebody else’s command', () => {
    expect(parsed('send', 'bob', '--', '--json')).toMatchObject({
      words: ['bob', '--json'],
      flags: {},
    })
    expect(parsed('send', 'bob', '--run', '--', 'make', '-j', '--json')).toMatchObject({
      words: ['bob'],
      rest: ['make', '-j', '--json'],
      flags: {},
    })
  })

  test('takes a lone dash as a word', () => {
    expect(parsed('send', 'bob', '-').words).toEqual(['bob', '-'])
  })

  test.each([
    [['sned', 'bob'], 'did you mean send?'],
    [['msg', 'edti', 'x'], 'did you mean msg edit?'],
    [['send', 'bob', '--repyl', 'x'], 'did you mean --reply?'],
    [['contact'], 'sotto help contact'],
    [['history'], 'sotto help history'],
    [['send', 'bob', '-5 degrees'], 'put -- before a text that begins with a dash'],
    [['history', 'bob', 'carol'], 'sotto help history'],
    [['whoami', '--profile'], 'sotto help whoami'],
  ])('refuses with a hint: %j', (argv, hint) => {
    expect(refusal(...argv)).toMatchObject({ code: 'usage', hint })
  })

  test.each(['link', 'device', 'group', 'poll', 'event', 'presence', 'call', 'backup'])(
    'does not pretend to know %s',
    (word) => {
      expect(refusal(word, 'list').code).toBe('usage')
    },
  )

  test.each([['help'], ['--help'], ['send', '--help'], ['help', 'send'], ['msg', '-h']])(
    'asks for help: %s %s',
    (...argv) => {
      expect(parse(argv).kind).toBe('help')
    },
  )

  test('without a command is no command', () => {
    expect(parse(['--profile', 'x'])).toEqual({ kind: 'nothing', flags: { profile: 'x' } })
    expect(parse(['--version'])).toEqual({ kind: 'version' })
  })
})
