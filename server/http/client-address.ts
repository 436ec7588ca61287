// Whose request it is, as far as rates go. A proxy's word is taken only from proxies that the
// operator named (N16); the address is never stored and never logged.

import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { ServerError } from '../options.ts'

export interface Addresses {
  /** Whose request it is. */
  of(request: IncomingMessage): string
  /** Whose socket it is; undefined for a trusted proxy, which stands for many. */
  ofSocket(remoteAddress: string): string | undefined
}

export function addressReader(trusted: readonly string[]): Addresses {
  const proxies = proxyList(trusted)
  const isProxy = (address: string): boolean => {
    const kind = isIP(address)
    return kind !== 0 && proxies.check(address, kind === 4 ? 'ipv4' : 'ipv6')
  }
  const of = (request: IncomingMessage): string => {
    let address = plain(request.socket.remoteAddress ?? '')
    // A stranger's sixteen kilobytes of hops are not even looked at: this is asked before the door.
    if (!isProxy(address)) return rateKey(address)
    const named = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
    // From the nearest hop outwards, as long as each hop is one that we trust to name the next.
    for (const hop of named.reverse()) {
      const next = plain(hop.trim())
      if (!isProxy(address) || isIP(next) === 0) break
      address = next
    }
    return rateKey(address)
  }
  const ofSocket = (remoteAddress: string): string | undefined => {
    const address = plain(remoteAddress)
    return isProxy(address) ? undefined : rateKey(address)
  }
  return { of, ofSocket }
}

function proxyList(trusted: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of trusted) {
    const [address = '', prefix] = entry.split('/')
    const kind = isIP(address)
    const family = kind === 4 ? 'ipv4' : 'ipv6'
    const bits = prefix === undefined ? (kind === 4 ? 32 : 128) : Number(prefix)
    const max = kind === 4 ? 32 : 128
    if (kind === 0 || !Number.isInteger(bits) || bits < 0 || bits > max) {
      throw new ServerError('bad_config', `trust_proxy: ${entry} is no address and no network`)
    }
    list.addSubnet(address, bits, family)
  }
  return list
}

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** Who has an IPv6 address has its whole /64. */
function rateKey(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('%')[0]?.toLowerCase().split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...new Array<string>(Math.max(0, zeros)).fill('0'), ...after]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
