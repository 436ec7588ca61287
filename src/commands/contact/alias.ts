import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { contactLine } from '../render.ts'

export async function run({ call, out }: Context, input: Input): Promise<undefined> {
  const alias = input.words[1] ?? null
  const contact = await call('contact.alias', { name: input.word(0), alias })
  out.result(contact, contactLine(contact, out.style))
}
