// What a command does, as a process of its own. argv: what to do, with which profile, and a key.
//   hold HOME PROFILE            holds the profile and says so, until it is killed
//   send HOME PROFILE KEY TO     sends one message and prints the result
//   file HOME PROFILE KEY TO PATH  sends a file and prints how many bytes are up, again and again

import { openClient } from '../../src/client/client.ts'

const [what = '', home = '', profile = '', key = '', to = '', path] = process.argv.slice(2)
const client = await openClient({
  home,
  profile,
  passphrase: { environment: process.env.TEST_PASSPHRASE ?? '' },
  serve: what === 'hold',
})

if (what === 'hold') process.stdout.write('holding\n')
else {
  client.subscribe((event) => {
    if (event.type === 'progress' && 'done' in event) process.stdout.write(`${event.done}\n`)
  })
  const answer = await client.call('send', {
    to: [to],
    text: key,
    idempotencyKey: key,
    timeout: 60_000,
    ...(path === undefined ? {} : { files: [path] }),
  })
  process.stdout.write(`${JSON.stringify(answer.results[0])}\n`)
  await client.close()
}
