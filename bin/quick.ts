// The commands that scripts call, in one piece: each file more is a millisecond of their start.
export { main } from '../src/commands/main.ts'
