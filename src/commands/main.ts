// argv in, exit code out. Parses, runs one command, tells a failure once, closes cleanly.

import { ClientError } from '../client/api.ts'
import { profilePaths } from '../client/paths.ts'
import { type Context, openContext } from './context.ts'
import { keepMemoryOutOfCoreFiles } from './core-files.ts'
import { keepDebuggerOut } from './debugger.ts'
import { type Config, configPath, readConfig, resolveGlobals, whichProfile } from './globals.ts'
import { type OptionValue, openInput } from './input.ts'
import { tellUncaught } from './last-words.ts'
import { attributeOf, longOf } from './option-spec.ts'
import { exitCodeOf, HUNG_UP, type Output, openOutput } from './output.ts'
import { type Parsed, parse } from './parse.ts'
import type { CommandSpec } from './spec.ts'
import { processWorld, type World } from './world.ts'

type Called = Extract<Parsed, { kind: 'command' }>

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const
/** A clean close ends calls and syncs a database. Longer than this it hangs. */
const CLOSE_TIMEOUT_MS = 5000

/** `elsewhere` runs what this piece of the program does not have, where it is one. */
export async function main(
  argv: readonly string[],
  elsewhere?: World['elsewhere'],
): Promise<number> {
  keepMemoryOutOfCoreFiles()
  const stop = new AbortController()
  let code: number | undefined
  const onSignal = (name: keyof typeof SIGNALS) => (): void => {
    // Asked twice: whatever the clean close waits for, it is not worth more.
    if (code !== undefined) process.exit(code)
    code = SIGNALS[name]
    stop.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal(name))
  const world = processWorld(elsewhere)
  tellUncaught(() => ({ out: firstOutput(argv, world), log: logOf(argv, world) }))
  const result = await run(argv, world, stop.signal, keepDebuggerOut)
  if (result === HUNG_UP) dieOfHangUp()
  return code ?? result
}

/** Node aborts where it exits by itself and its terminal is gone. */
function dieOfHangUp(): void {
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}

/** Before anything is parsed: what is wrong with the line must come out in the right form too. */
const firstOutput = (argv: readonly string[], world: World): Output =>
  openOutput(world, {
    json: says(argv, '--json') || world.env.SOTTO_JSON === '1',
    quiet: false,
    verbose: false,
    colour: says(argv, '--no-color') ? false : undefined,
    env: world.env,
  })

function logOf(argv: readonly string[], { env }: World): string | undefined {
  const parsed = parse(argv)
  if (parsed.kind === 'help' || parsed.kind === 'version') return undefined
  const { home, profile } = whichProfile(parsed.flags, env)
  return profilePaths(home, profile).log
}

/** One call of the program. Never rejects. `guard` may refuse the process as a whole. */
export async function run(
  argv: readonly string[],
  world: World,
  signal: AbortSignal,
  guard: () => void = () => {},
): Promise<number> {
  let out = firstOutput(argv, world)
  let log: string | undefined
  try {
    guard()
    const parsed = parse(argv)
    if (parsed.kind === 'help' || parsed.kind === 'version') return await printed(out, parsed)
    const called = parsed.kind === 'command' ? parsed : talk(parsed, world)
    if (called === undefined) throw missingCommand()
    const which = whichProfile(called.flags, world.env)
    log = profilePaths(which.home, which.profile).log
    const config = await readConfigFor(called, which)
    const globals = resolveGlobals(called.flags, world.env, config)
    out = openOutput(world, { ...globals, env: world.env })
    const stop = AbortSignal.any([signal, out.gone])
    const code = await execute(called, config, openContext(out, globals, world, stop))
    await out.flush()
    return out.fault === undefined ? code : await failed(out.fault, out, log)
  } catch (error) {
    if (out.fault !== undefined) return await failed(out.fault, out, log)
    // What fails because it was told to stop is no failure; main knows the code.
    return signal.aborted || out.gone.aborted ? 0 : await failed(error, out, log)
  } finally {
    await out.flush()
  }
}

const says = (argv: readonly string[], flag: string): boolean => {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes(flag)
}

async function execute(called: Called, config: Config, context: Context): Promise<number> {
  const { spec, words, rest } = called
  const input = openInput(words, withConfig(spec, called.options, config), rest)
  try {
    const module = await spec.module()
    if ('elsewhere' in module) return (await context.world.elsewhere?.(module.elsewhere)) ?? 0
    const running = module.run(context, input)
    return (await Promise.race([running, graceAfter(context.signal)])) ?? 0
  } finally {
    await Promise.race([context.close().catch(() => {}), grace()])
  }
}

const grace = (): Promise<undefined> =>
  new Promise((done) => setTimeout(() => done(undefined), CLOSE_TIMEOUT_MS).unref())

/** A command that does not end when it is told to is left behind. */
const graceAfter = (signal: AbortSignal): Promise<undefined> =>
  new Promise((done) => {
    const begin = (): void => void grace().then(done)
    if (signal.aborted) begin()
    else signal.addEventListener('abort', begin, { once: true })
  })

/** The config's `send.wait` is `--wait` of `send`, where the line says nothing. */
function withConfig(
  spec: CommandSpec,
  options: Readonly<Record<string, OptionValue>>,
  config: Config,
): Readonly<Record<string, OptionValue>> {
  let table: unknown = config
  for (const word of spec.path.split(' ')) {
    table = typeof table === 'object' && table !== null ? (table as Config)[word] : undefined
  }
  if (typeof table !== 'object' || table === null) return options
  const all: Record<string, OptionValue> = { ...options }
  for (const option of spec.options ?? []) {
    const value = (table as Config)[longOf(option.flags).slice(2)]
    const name = attributeOf(option)
    if (all[name] !== undefined || value === undefined) continue
    if (typeof value === 'boolean') all[name] = value
    else all[name] = Array.isArray(value) ? value.map(String) : String(value)
  }
  return all
}

async function readConfigFor(
  { spec }: Called,
  which: ReturnType<typeof whichProfile>,
): Promise<Config> {
  // The server has a config of its own; completion and `config path` must work with a broken one.
  if (/^(server|completion|__complete|demo|config path)/.test(spec.path)) return {}
  return readConfig(configPath(which))
}

/** No command: on a terminal a conversation. */
function talk(parsed: Extract<Parsed, { kind: 'nothing' }>, world: World): Called | undefined {
  if (world.stdin.isTTY !== true || world.stdout.isTTY !== true) return undefined
  const chat = parse(['chat'])
  return chat.kind === 'command' ? { ...chat, flags: parsed.flags } : undefined
}

async function printed(
  out: Output,
  parsed: Extract<Parsed, { kind: 'help' | 'version' }>,
): Promise<number> {
  const { helpText, versionText } = await import('./help/help.ts')
  out.text(parsed.kind === 'help' ? helpText(parsed.topic) : versionText())
  return 0
}

const missingCommand = (): ClientError =>
  new ClientError('usage', 'A command is missing here.', { hint: 'sotto help' })

async function failed(error: unknown, out: Output, log: string | undefined): Promise<number> {
  const { failureOf } = await import('./failure.ts')
  const failure = failureOf(error, log)
  out.failure(failure)
  return exitCodeOf(failure)
}
