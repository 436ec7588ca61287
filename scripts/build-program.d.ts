import type { Plugin } from 'esbuild'

export function buildProgram(
  outdir: string,
  plugins?: readonly Plugin[],
): Promise<readonly string[]>
