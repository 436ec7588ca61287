#!/usr/bin/env node
import { useCompileCache } from '../src/commands/compile-cache.ts'

useCompileCache()
const { main } = await import('../src/commands/main.ts')
process.exit(await main(process.argv.slice(2)))
