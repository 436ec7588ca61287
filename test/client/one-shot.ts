// What a command does, as a process of its own. argv: what to do, with which profile, and a key.
//   hold HOME PROFILE            holds the profile and says so, until it is killed
//   send HOME PROFILE KEY TO     sends one message and prints the result

import { openClient } from '../../src/client/client.ts'

const [what = '', home = '', profile = '', key = '', to = ''] = process.argv.slice(2)
const client = await openClient({
  home,
  profile,
  passphrase: { environment: process.env.TEST_PASSPHRASE ?? '' },
  serve: what === 'hold',
})

if (what === 'hold') process.stdout.write('holding\n')
else {
  const answer = await client.call('send', {
    to: [to],
    text: key,
    idempotencyKey: key,
    timeout: 60_000,
  })
  process.stdout.write(`${JSON.stringify(answer.results[0])}\n`)
  await client.close()
}
