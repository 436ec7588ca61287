// Inputs without end out of one seed: mutations of genuine ones, pieces of two of them, and noise.

export const SEED = Number(process.env.SOTTO_SEED ?? Date.now() % 2 ** 31)
/** For each target; the nightly run asks for a million. */
export const INPUTS = Number(process.env.SOTTO_FUZZ ?? 1_000)
const inputsFor = ({ costly }: Target): number =>
  costly === true && process.env.SOTTO_FUZZ === undefined ? INPUTS / 10 : INPUTS
/** Ten times what the slowest target takes for one. */
export const TIMEOUT_MS = Math.max(30_000, INPUTS * 10)

export interface Target {
  readonly name: string
  /** With a file for each input: it gets a tenth of them where nobody asks for more. */
  readonly costly?: true
  readonly seeds: readonly (Uint8Array | string)[]
  /** May throw only what `refuses` accepts. */
  run(raw: Uint8Array): unknown
  refuses(error: unknown): boolean
}

export type Chance = () => number

/** Throws for the first input at which the target does what it may not; names seed and input. */
export async function fuzz(target: Target, seed = SEED, inputs = inputsFor(target)): Promise<void> {
  const chance = xorshift(seed)
  const seeds = target.seeds.map((one) => (typeof one === 'string' ? Buffer.from(one) : one))
  for (let count = 0; count < inputs; count += 1) {
    const raw = inputOf(seeds, chance)
    try {
      const answer = target.run(raw)
      if (answer instanceof Promise) await answer
    } catch (error) {
      if (target.refuses(error)) continue
      const what = `${target.name}: seed ${seed}, input ${Buffer.from(raw).toString('hex')}`
      throw new Error(what, { cause: error })
    }
  }
}

export function xorshift(seed: number): Chance {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

const MAX_NOISE = 200

function inputOf(seeds: readonly Uint8Array[], chance: Chance): Uint8Array {
  const one = seeds[chance() % seeds.length] ?? new Uint8Array()
  switch (chance() % 8) {
    case 0:
      return Uint8Array.from({ length: chance() % MAX_NOISE }, () => chance() & 0xff)
    case 1: {
      const other = seeds[chance() % seeds.length] ?? one
      const [cut, from] = [chance() % (one.length + 1), chance() % (other.length + 1)]
      return Buffer.concat([one.subarray(0, cut), other.subarray(from)])
    }
    default:
      return mutated(one, chance)
  }
}

/** Bytes at which decoders change their minds. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b, 0x5b, 0x2c, 0x0a, 0x1b, 0x2d, 0x30]

function mutated(seed: Uint8Array, chance: Chance): Uint8Array {
  let bytes = Buffer.from(seed)
  for (let edits = 1 + (chance() % 4); edits > 0; edits -= 1) {
    const at = chance() % (bytes.length + 1)
    const edge = EDGES[chance() % EDGES.length] ?? 0
    const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)]
    switch (chance() % 6) {
      case 0:
        bytes = Buffer.concat([before, behind.subarray(1 + (chance() % 8))])
        break
      case 1:
        bytes = Buffer.concat([before, Buffer.of(edge), behind])
        break
      case 2:
        bytes = Buffer.concat([before, behind.subarray(0, 1 + (chance() % 16)), behind])
        break
      case 3:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << (chance() % 8))
        break
      case 4:
        if (at < bytes.length) bytes[at] = edge
        break
      default:
        if (at < bytes.length) bytes[at] = chance() & 0xff
    }
  }
  return bytes
}

/** As text, with half characters where it is none: JSON and JavaScript can hold those. */
export const textOf = (raw: Uint8Array): string =>
  Buffer.from(raw).toString('utf8').replaceAll('\ufffd', '\udc80')
