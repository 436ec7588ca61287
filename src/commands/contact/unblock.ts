import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { contactLine } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const contact = await call('contact.unblock', { name: input.word(0) })
  out.result(contact, contactLine(contact, out.style))
}
