import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { contactLine } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const text = input.words[1]
  const name = input.word(0)
  const contact = await call('contact.add', text === undefined ? { name } : { name, text })
  out.result(contact, contactLine(contact, out.style))
}
