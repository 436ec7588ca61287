// The loop: events into the reducer, the model onto the screen, effects into the world.

import type { Client } from '../client/api.ts'
import { Doorman } from './doorman.ts'
import type { Effect, FoundingEffect } from './effect.ts'
import type { FoundingEvent, Tick, TuiEvent } from './event.ts'
import type { ScreenHost } from './host.ts'
import { forgotten } from './images/kitty.ts'
import { answered, BLOCKS, meansOf, NO_ANSWERS } from './images/means.ts'
import type { Reply } from './input/event.ts'
import type { Model } from './model.ts'
import type { TerminalOutput } from './paint/device.ts'
import { mount, type Screen, type TerminalInput } from './screen/mount.tsx'
import { setAmbiguousWidth } from './text/cluster.ts'
import type { Rgb } from './theme/colour.ts'
import { backgroundHint, depthOf } from './theme/depth.ts'
import { ownTheme } from './theme/own-theme.ts'
import { THEME_NAMES, type Theme, type ThemeName, themeOf } from './theme/theme.ts'
import { NEW_FOUNDING } from './update/founding.ts'
import { update } from './update/update.ts'
import { failureOf, outcomeOf } from './use-client.ts'
import { App } from './views/app.tsx'
import { type Doers, worldDoers, worldFailed } from './world.ts'

interface Terminal {
  readonly stdin: TerminalInput
  readonly stdout: TerminalOutput
  /** Aborted when the program is told to end. */
  readonly signal: AbortSignal
}

/** Why the screen ended: somebody left, or the terminal went away. */
type ScreenEnd = 'left' | 'hungUp'

/** What is still being asked when one leaves is local and quick; this is a fuse. */
const LEAVING_MS = 3_000

/** Resolves when one leaves; rejects with what nobody expected. The terminal is given back either
 *  way. */
export function runScreen(host: ScreenHost, terminal: Terminal): Promise<ScreenEnd> {
  return new ScreenLoop(host, terminal).run()
}

class ScreenLoop {
  readonly #host: ScreenHost
  readonly #terminal: Terminal
  readonly #ticks = new Map<string, { readonly due: number; readonly timer: NodeJS.Timeout }>()
  readonly #asking = new Set<Promise<unknown>>()
  readonly #doers: Doers
  readonly #doorman: Doorman
  #model: Model
  #screen: Screen | undefined
  #client: Client | undefined
  #unsubscribe: (() => void) | undefined
  #background: Rgb | undefined
  #answers = NO_ANSWERS
  /** That the terminal keeps for us. */
  readonly #pictures = new Set<number>()
  #ended = false
  #wayOut: ScreenEnd = 'left'
  #end: (outcome: ScreenEnd | Error) => void = () => {}

  constructor(host: ScreenHost, terminal: Terminal) {
    this.#host = host
    this.#terminal = terminal
    this.#background = backgroundHint(host.env)
    setAmbiguousWidth(host.settings.wideAmbiguous ? 2 : 1)
    this.#model = this.#first()
    this.#doorman = new Doorman({
      door: host.door,
      happen: (event) => this.#happen(event),
      use: (client) => this.#use(client),
    })
    const world = worldDoers(host, (work) => this.#settle(work))
    this.#doers = {
      ...world,
      ...this.#own(),
      notify: (effect) => {
        this.#screen?.notify(effect.title, effect.body)
        world.notify(effect)
      },
    }
  }

  async run(): Promise<ScreenEnd> {
    const { env, settings } = this.#host
    const { signal, ...streams } = this.#terminal
    const ended = new Promise<ScreenEnd | Error>((resolve) => {
      this.#end = (outcome) => {
        this.#ended = true
        resolve(outcome)
      }
    })
    const broken = (error: unknown): void => this.#end(asError(error))
    const told = (): void => this.#leave('left')
    signal.addEventListener('abort', told)
    this.#screen = mount(<App model={this.#model} />, {
      ...streams,
      env,
      mouse: settings.mouse,
      onInput: (input) => {
        if (input.kind === 'reply') this.#learn(input.reply)
        else this.#happen({ kind: 'input', input, now: this.#host.now() })
      },
      onEnding: (name) => this.#leave(name === 'SIGHUP' ? 'hungUp' : 'left'),
      onError: broken,
    })
    try {
      this.#model = { ...this.#model, size: this.#screen.size }
      this.#doorman.enter()
      const outcome = await ended
      await this.#close()
      if (outcome instanceof Error) throw outcome
      return outcome
    } finally {
      signal.removeEventListener('abort', told)
    }
  }

  /** As somebody who leaves: what was begun is kept. */
  #leave(end: ScreenEnd): void {
    if (this.#ended) return
    this.#wayOut = end
    this.#happen({ kind: 'ending' })
  }

  async #close(): Promise<void> {
    for (const { timer } of this.#ticks.values()) clearTimeout(timer)
    this.#unsubscribe?.()
    this.#doorman.close()
    if (this.#pictures.size > 0) this.#screen?.transmit(forgotten(this.#pictures))
    await this.#screen?.close()
    const late = new Promise((done) => setTimeout(done, LEAVING_MS).unref())
    await Promise.race([Promise.allSettled(this.#asking), late])
    await this.#client?.close()
  }

  #first(): Model {
    const { door, machine, newKey, now, settings } = this.#host
    return {
      size: { columns: 80, rows: 24 },
      settings,
      theme: this.#theme(settings.theme),
      means: BLOCKS,
      focused: true,
      now: now(),
      lastKeyAt: now(),
      session: newKey(),
      sends: 0,
      folders: machine.folders,
      filesFolder: machine.folders.here,
      pending: [],
      toast: undefined,
      screen:
        door.kind === 'new'
          ? { kind: 'founding', founding: NEW_FOUNDING }
          : { kind: 'opening', ask: undefined, failure: undefined },
    }
  }

  #use(client: Client): void {
    this.#client = client
    this.#unsubscribe = client.subscribe((event) =>
      this.#happen({ kind: 'told', event, now: this.#host.now() }),
    )
  }

  /** Whatever breaks in here ends the screen, and the terminal is given back. */
  #happen(event: TuiEvent): void {
    if (this.#ended) return
    try {
      this.#step(event)
    } catch (error) {
      this.#end(asError(error))
    }
  }

  #step(event: TuiEvent): void {
    const { effects, model } = update(this.#model, event)
    const before = this.#model
    this.#model = model
    // A terminal has a picture before it finds its placeholders.
    for (const effect of effects) if (effect.kind === 'transmit') this.#do(effect)
    if (model !== before) {
      if (model.settings !== before.settings) this.#resettle(before)
      // What others say may wait a moment for what somebody types.
      this.#screen?.update(<App model={this.#model} />, event.kind !== 'told')
    }
    for (const effect of effects) if (effect.kind !== 'transmit') this.#do(effect)
  }

  #resettle(before: Model): void {
    const { settings } = this.#model
    if (settings.wideAmbiguous !== before.settings.wideAmbiguous) {
      setAmbiguousWidth(settings.wideAmbiguous ? 2 : 1)
    }
    if (settings.theme !== before.settings.theme) {
      this.#model = { ...this.#model, theme: this.#theme(settings.theme) }
    }
  }

  #theme(name: string): Theme {
    const { env, ownTheme: own } = this.#host
    return themeOf({
      name: isThemeName(name) ? name : 'auto',
      depth: depthOf(env),
      background: this.#background,
      own: ownTheme(own).styles,
    })
  }

  /** The terminal's own background decides between dark and light. */
  #learn(reply: Reply): void {
    this.#answers = answered(this.#answers, reply)
    // The last answer of all.
    if (reply.of === 'attributes') this.#means()
    if (reply.of !== 'background') return
    this.#background = reply.colour
    this.#happen({ kind: 'themed', theme: this.#theme(this.#model.settings.theme) })
  }

  #means(): void {
    const means = meansOf(this.#answers, this.#host.env)
    if (means.kind !== 'blocks') this.#happen({ kind: 'means', means })
  }

  #do<K extends Effect['kind']>(effect: Extract<Effect, { readonly kind: K }>): void {
    const doers: Pick<Doers, K> = this.#doers
    doers[effect.kind as K](effect)
  }

  /** What the loop itself does: the façade, the clock, the door, the terminal. */
  #own(): Omit<Doers, keyof ReturnType<typeof worldDoers>> {
    return {
      ask: ({ request }) => this.#ask(request),
      wake: (effect) => this.#wake(effect.in, effect.tick),
      passphrase: ({ text }) => this.#doorman.typed(text),
      open: () => this.#doorman.open(),
      founding: ({ what }) => this.#found(what),
      editText: ({ chat, text }) => this.#edit(chat, text),
      copy: ({ text }) => this.#screen?.copy(text),
      bell: () => this.#screen?.bell(),
      title: ({ text }) => this.#screen?.setTitle(text),
      transmit: ({ id, sequence }) => {
        this.#pictures.add(id)
        this.#screen?.transmit(sequence)
      },
      mouse: ({ on }) => this.#screen?.setMouse(on),
      repaint: () => this.#screen?.repaint(),
      suspend: () => void this.#screen?.suspend().then(() => this.#means()),
      quit: () => this.#end(this.#wayOut),
    }
  }

  #ask(request: Extract<Effect, { kind: 'ask' }>['request']): void {
    const client = this.#client
    if (client === undefined) return
    this.#settle(
      outcomeOf(client, request).then((outcome) => ({
        kind: 'outcome',
        outcome,
        now: this.#host.now(),
      })),
    )
  }

  /** One of each kind is under way at most: the earliest. */
  #wake(ms: number, tick: Tick): void {
    const due = performance.now() + ms
    const known = this.#ticks.get(tick.kind)
    if (known !== undefined && known.due <= due) return
    clearTimeout(known?.timer)
    const timer = setTimeout(() => {
      this.#ticks.delete(tick.kind)
      this.#happen({ kind: 'tick', tick, now: this.#host.now() })
    }, ms)
    this.#ticks.set(tick.kind, { due, timer })
  }

  #edit(chat: string, text: string): void {
    const screen = this.#screen
    if (screen === undefined) return
    const edited = screen
      .away(() => this.#host.machine.editText(text))
      .then((now): TuiEvent => {
        // Whoever had the screen took its pictures away.
        this.#means()
        return { kind: 'edited', chat, text: now }
      })
    this.#settle(edited.catch(worldFailed))
  }

  #found(what: FoundingEffect): void {
    this.#settle(
      this.#founded(what).then(
        (event) => ({ kind: 'founding', what: event }),
        (error) => ({ kind: 'founding', what: { kind: 'failed', failure: failureOf(error) } }),
      ),
    )
  }

  async #founded(what: FoundingEffect): Promise<FoundingEvent> {
    const { founding } = this.#host
    switch (what.kind) {
      case 'keychain':
        return { kind: 'keychain', state: await founding.keychain() }
      case 'findServer':
        return { kind: 'server', server: await founding.findServer(what.address) }
      case 'startServer':
        return { kind: 'started', ...(await founding.startServer()) }
      case 'register': {
        const account = await founding.register(what)
        await this.#doorman.found(what.passphrase)
        return { kind: 'registered', account }
      }
      case 'recoveryKey': {
        const { key } = (await this.#client?.call('account.recoveryKey', {})) ?? { key: '' }
        return { kind: 'recoveryKey', key }
      }
    }
  }

  #settle(work: Promise<TuiEvent | undefined>): void {
    const settled = work.then((event) => {
      if (event !== undefined) this.#happen(event)
    })
    this.#asking.add(settled)
    void settled.finally(() => this.#asking.delete(settled))
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('not an error')

const isThemeName = (name: string): name is ThemeName =>
  (THEME_NAMES as readonly string[]).includes(name)
