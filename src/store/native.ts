// Objects of the SQLite library live as long as the process. From Node 24.19 on, the class that
// this library's objects are made of must not be collected while no JavaScript runs: the collector
// of an idle process would abort it. There are few of them, and a closed one is an empty shell.
// docs/decisions/0010.

const alive = new Set<object>()

export function held<T extends object>(native: T): T {
  alive.add(native)
  return native
}
