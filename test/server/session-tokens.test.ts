import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { SessionTokens, type TokenClaim } from '../../server/session-tokens.ts'
import { type AccountId, type DeviceId, uuidV4 } from '../../src/protocol/ids.ts'
import { TOKEN_LIFETIME_MS } from '../../src/protocol/limits.ts'

const NOW = 1_800_000_000_000
const account = uuidV4<AccountId>(new Uint8Array(randomBytes(16)))
const device = uuidV4<DeviceId>(new Uint8Array(randomBytes(16)))
const signingKey = new Uint8Array(randomBytes(32))
const known = { account, signingKey }

const keys = (tokens = generateKeyPairSync('ed25519')) => ({
  identity: new Uint8Array(32).fill(7),
  tokens,
  tokenSeed: new Uint8Array(32),
})

const claimed = (tokens: SessionTokens, token: string): TokenClaim => {
  const claim = tokens.read(token)
  if (claim === undefined) throw new Error('not a token')
  return claim
}

describe('a session token', () => {
  // The signature is remembered after the first time: nothing else may be.
  test.each(['the first time', 'after it was good once'])('is judged anew %s', (when) => {
    const tokens = new SessionTokens(keys())
    const { token } = tokens.issue({ account, device }, signingKey, NOW)
    const claim = claimed(tokens, token)
    if (when !== 'the first time') expect(tokens.verify(claim, known, NOW)).toBe(true)

    expect(tokens.verify(claim, known, NOW + TOKEN_LIFETIME_MS)).toBe(false)
    expect(tokens.verify(claim, known, NOW - 1)).toBe(false)
    const other = { ...known, account: uuidV4<AccountId>(new Uint8Array(16)) }
    expect(tokens.verify(claim, other, NOW)).toBe(false)
    const rekeyed = { ...known, signingKey: new Uint8Array(32).fill(1) }
    expect(tokens.verify(claim, rekeyed, NOW)).toBe(false)
    for (const part of ['signature', 'payload', 'footer'] as const) {
      const changed = new Uint8Array(claim.parts[part])
      changed[0] = (changed[0] ?? 0) ^ 1
      const parts = { ...claim.parts, [part]: changed }
      expect(tokens.verify({ ...claim, parts }, known, NOW)).toBe(false)
    }
    expect(new SessionTokens(keys()).verify(claim, known, NOW)).toBe(false)
    expect(tokens.verify(claim, known, NOW)).toBe(true)
  })

  test('is good however many came since', () => {
    const tokens = new SessionTokens(keys())
    const { token } = tokens.issue({ account, device }, signingKey, NOW)
    for (let time = 0; time < 4_200; time += 1) {
      const next = tokens.issue({ account, device }, signingKey, NOW + time)
      expect(tokens.verify(claimed(tokens, next.token), known, NOW + time)).toBe(true)
    }
    expect(tokens.verify(claimed(tokens, token), known, NOW)).toBe(true)
  })
})
