// What is measured of a node, and what it must reach. The figures' names are those of the scenes.

import type { Threshold } from '../report/figures.ts'
import type { Scene } from './messages.ts'

export interface Plan {
  readonly scene: Scene
  /** Each flush to the disk takes this much longer. */
  readonly slowDiskMs?: number
  /** So many processors are kept busy by somebody else. */
  readonly busy?: number
  readonly figures: Readonly<Record<string, Told>>
}

interface Told {
  readonly name: string
  readonly unit: string
  readonly threshold?: Threshold
}

const most = (limit: number): Threshold => ({ most: limit })
const least = (limit: number): Threshold => ({ least: limit })

const cpu = (threshold?: Threshold): Told => ({
  name: 'server CPU a message',
  unit: 'µs',
  ...(threshold && { threshold }),
})
const delivered = (threshold?: Threshold): Told => ({
  name: 'delivered',
  unit: '/s',
  ...(threshold && { threshold }),
})
const latency = (p50?: Threshold, p99?: Threshold) => ({
  p50: { name: 'sent to delivered, median', unit: 'ms', ...(p50 && { threshold: p50 }) },
  p99: { name: 'sent to delivered, 99 of 100', unit: 'ms', ...(p99 && { threshold: p99 }) },
})

const PAIRS = { kind: 'pairs', pairs: 50, window: 8, messages: 100_000 } as const
const PACED = { kind: 'paced', pairs: 50, perSecond: 500, messages: 5_000 } as const

/** What an fdatasync costs on a disk that is not beside the processor. */
const SLOW_DISK_MS = 5

export const PLANS: Readonly<Record<string, Plan>> = {
  pairs: {
    scene: PAIRS,
    figures: { cpu: cpu(most(40)), perSecond: delivered(least(15_000)), ...latency() },
  },
  steady: {
    scene: PACED,
    figures: { cpu: cpu(), ...latency(most(1.5), most(5)) },
  },
  'steady-busy': {
    scene: PACED,
    busy: 2,
    figures: { cpu: cpu(), ...latency(undefined, most(90)) },
  },
  offline: {
    scene: { kind: 'offline', pairs: 50, messages: 5_000 },
    figures: {
      storedPerSecond: { name: 'stored for the absent', unit: '/s', threshold: least(18_000) },
      drainMs: { name: 'they connect and have it all', unit: 'ms', threshold: most(350) },
    },
  },
  'readers-100': {
    scene: { kind: 'fanOut', readers: 100, window: 16, messages: 10_000 },
    figures: {
      cpu: { name: 'server CPU a delivery', unit: 'µs' },
      deliveriesPerSecond: { name: 'delivered', unit: '/s', threshold: least(80_000) },
      messagesPerSecond: { name: 'messages', unit: '/s' },
    },
  },
  'readers-500': {
    scene: { kind: 'fanOut', readers: 500, window: 16, messages: 2_000 },
    figures: {
      cpu: { name: 'server CPU a delivery', unit: 'µs' },
      deliveriesPerSecond: { name: 'delivered', unit: '/s' },
      messagesPerSecond: { name: 'messages', unit: '/s', threshold: least(150) },
    },
  },
  idle: {
    scene: { kind: 'idle', connections: 19_000 },
    figures: {
      residentKib: { name: 'resident, each', unit: 'KiB', threshold: most(9) },
      loginsPerSecond: { name: 'connected and logged in', unit: '/s' },
      toAllMs: { name: 'one message to all', unit: 'ms', threshold: most(1_000) },
    },
  },
  logins: {
    scene: { kind: 'sessions', logins: 8_000 },
    figures: {
      cpu: { name: 'server CPU a login', unit: 'µs' },
      loginsPerSecond: { name: 'session tokens', unit: '/s', threshold: least(1_500) },
    },
  },
  'pairs-slow-disk': {
    scene: { ...PAIRS, messages: 50_000 },
    slowDiskMs: SLOW_DISK_MS,
    figures: { cpu: cpu(), perSecond: delivered(), ...latency() },
  },
  'steady-slow-disk': {
    scene: PACED,
    slowDiskMs: SLOW_DISK_MS,
    figures: { cpu: cpu(), ...latency() },
  },
}
