// `sotto rpc`: JSON-RPC on the pipes of this process. Ends when standard input does.

import type { Client } from '../client/api.ts'
import { serveRpc } from './server.ts'

export const serveStdio = (client: Client): Promise<void> =>
  serveRpc(client, process.stdin, process.stdout)
