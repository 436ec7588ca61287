// How much chance a randomised test takes: enough for every run by default, a night's worth with
// SOTTO_DEEP=1.

export const deep = (normal: number, night: number): number =>
  process.env.SOTTO_DEEP === '1' ? night : normal
