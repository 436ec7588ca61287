// How much chance a randomised test takes: enough for every run by default, a night's worth with
// SOTTO_DEEP=1, and with SOTTO_SHARE=0.02 that part of the default. The last is for mutation runs:
// a mutant that only luck would kill is to survive and be seen.

const SHARE = Number(process.env.SOTTO_SHARE ?? 1)

export const runs = (normal: number): number => Math.max(1, Math.ceil(normal * SHARE))

export const deep = (normal: number, night: number): number =>
  process.env.SOTTO_DEEP === '1' ? night : runs(normal)
