// What users start, in one file: each file more is a millisecond of their start. Built twice, with
// the screen and without.
export { main } from '../src/commands/main.ts'
