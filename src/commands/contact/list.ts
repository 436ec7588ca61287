import type { Context } from '../context.ts'
import type { Input } from '../input.ts'
import { contactLine } from '../render.ts'

export async function run({ call, out }: Context, _input: Input): Promise<undefined> {
  const { contacts } = await call('contact.list', {})
  for (const contact of contacts) out.result(contact, contactLine(contact, out.style))
}
