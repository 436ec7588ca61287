// Everything that the storage worker can do, by name. An operation runs inside the group's
// transaction, is synchronous, keeps nothing in memory and touches nothing but `sql`. It checks
// before it writes: what it returns is committed with the group, what it throws undoes its own
// writes alone (but makes the whole group run a second time: throw for faults, not for refusals).

import { directoryOperations } from './directory-operations.ts'
import { logOperations } from './log-operations.ts'
import type { OperationContext } from './operation.ts'

const operations = { ...directoryOperations, ...logOperations }

export type OperationName = keyof typeof operations
export type OperationArgs<N extends OperationName> = Parameters<(typeof operations)[N]>[1]
export type OperationResult<N extends OperationName> = ReturnType<(typeof operations)[N]>

/** What adapters use on the main thread; arguments and results are structured-cloned. */
export interface Calls {
  call<N extends OperationName>(name: N, args: OperationArgs<N>): Promise<OperationResult<N>>
}

type AnyOperation = (context: OperationContext, args: unknown) => unknown

/** Arguments were checked by `Calls` at compile time; the worker sees only the name. */
export const operationOf = (name: OperationName): AnyOperation => operations[name] as AnyOperation
