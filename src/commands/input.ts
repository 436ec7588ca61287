// What stood on the command line for one command, parsed and typed on demand.

import { ClientError } from '../client/api.ts'
import { parseDuration } from '../client/duration.ts'

export interface Input {
  readonly words: readonly string[]
  /** Behind `--`, where the command runs another one. */
  readonly rest: readonly string[]
  word(index: number): string
  text(option: string): string | undefined
  flag(option: string): boolean
  list(option: string): readonly string[]
  /** Milliseconds. */
  duration(option: string): number | undefined
  count(option: string): number | undefined
  choice<C extends string>(option: string, choices: readonly C[]): C | undefined
}

export type OptionValue = string | boolean | readonly string[] | undefined

export function openInput(
  words: readonly string[],
  options: Readonly<Record<string, OptionValue>>,
  rest: readonly string[] = [],
): Input {
  const text = (option: string): string | undefined => {
    const value = options[option]
    return typeof value === 'string' ? value : undefined
  }
  return {
    words,
    rest,
    word(index) {
      const word = words[index]
      if (word === undefined) throw new ClientError('usage', 'Something is missing here.')
      return word
    },
    text,
    flag: (option) => options[option] === true || options[option] === 'true',
    list(option) {
      const value = options[option]
      if (typeof value === 'string') return [value]
      return Array.isArray(value) ? value : []
    },
    duration(option) {
      const value = text(option)
      return value === undefined ? undefined : parseDuration(value)
    },
    count(option) {
      const value = text(option)
      if (value === undefined) return undefined
      if (/^[1-9]\d{0,8}$/.test(value)) return Number(value)
      throw new ClientError('usage', `--${kebab(option)} takes a whole number from 1.`)
    },
    choice(option, choices) {
      const value = text(option)
      if (value === undefined) return undefined
      const chosen = choices.find((choice) => choice === value)
      if (chosen !== undefined) return chosen
      throw new ClientError('usage', `--${kebab(option)} takes one of: ${choices.join(', ')}.`)
    },
  }
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (big) => `-${big.toLowerCase()}`)
