// The bus of one process: usually one node sits on it and talks to nobody.

import type { Bus, BusMessage } from './port.ts'

export function localBus(): Bus {
  const listeners = new Set<(message: BusMessage) => void>()
  return {
    join(listener) {
      listeners.add(listener)
      return {
        publish(message) {
          if (listeners.size === 1) return
          for (const other of listeners) if (other !== listener) other(message)
        },
        leave: () => {
          listeners.delete(listener)
        },
      }
    },
  }
}
