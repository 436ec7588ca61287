// What the façade advises is a command of the shell; on the screen the same is behind a slash.

const BEHIND_A_SLASH: readonly (readonly [RegExp, string])[] = [
  [/^sotto contact unblock \S+/, '/unblock'],
  [/^sotto contact add (\S+)/, '/add $1'],
  [/^sotto verify \S+/, '/verify'],
  [/^sotto send (\S+) TEXT/, '/to $1'],
  [/^sotto chats\b/, '/to'],
  [/\bsotto doctor --mend\b/, '/doctor mend'],
  [/\bsotto doctor\b/, '/doctor'],
]

export function hintHere(hint: string): string {
  const known = BEHIND_A_SLASH.find(([command]) => command.test(hint))
  return known === undefined ? hint : hint.replace(...known)
}
