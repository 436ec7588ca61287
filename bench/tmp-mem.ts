import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Stage } from '../test/tui/journeys/stage.ts'
import { ctrl, KEYS } from '../test/tui/virtual-terminal.ts'
import { fillProfile } from './screen/profile.ts'
const stage = new Stage()
const mem = (pid: number) => {
  const s = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const t = readFileSync(`/proc/${pid}/status`, 'utf8')
  return /^Rss:\s+(\d+)/m.exec(s)![1]! + ' anon ' + /RssAnon:\s+(\d+)/.exec(t)![1] + ' file ' + /RssFile:\s+(\d+)/.exec(t)![1] + ' hwm ' + /VmHWM:\s+(\d+)/.exec(t)![1]
}
await fillProfile(stage, { messages: 100_000, chats: 500, inThread: 10_000 })
const node = (process.env.NODEARGS ?? '').split(' ').filter(Boolean)
const screen = stage.screen('ann', ['chat', 'ben'], { node, env: { NODE_DISABLE_COMPILE_CACHE: '' } })
await screen.until((lines) => lines.some((line) => line !== ''))
console.log('first', mem(screen.pid))
await screen.until('› Write a message')
console.log('thread', mem(screen.pid))
await screen.until('online'); await pause(3000)
console.log('idle', mem(screen.pid))
for (let page = 0; page < 500; page += 1) {
  const bytes = screen.bytes
  screen.type(KEYS.pageUp)
  const isTop = await Promise.race([screen.untilSeen(() => screen.bytes > bytes).then(() => false), pause(3000).then(() => true)])
  if (isTop) break
  if (page % 250 === 249) console.log('page', page, mem(screen.pid))
}
await pause(3000)
console.log('after', mem(screen.pid))
const b=performance.now()
const sent = []
for (let i = 0; i < 600; i++) { sent.push(stage.send('ben', 'ann', `burst ${i}`)); await pause(5) }
await Promise.all(sent)
console.log('burst', performance.now()-b, mem(screen.pid))
await pause(2000)
console.log('rest', mem(screen.pid))
if (process.env.SNAP) { process.kill(screen.pid, 'SIGUSR2'); await pause(15000); console.log('snap', mem(screen.pid)) }
screen.type(ctrl('d'))
await Promise.race([screen.ended, pause(3000)])
await stage.close()
process.exit()
