// The public surface: the pure half, and what touches the process.

export type { Address } from './exec/address.ts';
export type { AsyncFunction, AsyncOptions } from './exec/async-call.ts';
export { type BindOptions, type BoundFor, type BoundFunction, bind, type CallPath, type Value } from './exec/bind.ts';
export { type CallThread, callThread } from './exec/call-thread.ts';
export {
  type Callback,
  type CallbackOptions,
  type CallbackReport,
  type CallbackStats,
  callback,
} from './exec/callback.ts';
export { ExecutableMemory, type Slot } from './exec/executable-memory.ts';
export { callbackMemory, executableMemory, finalize, type SymbolAddresses, type Trampoline } from './exec/finalize.ts';
export type { Host } from './exec/host.ts';
export { hostAbi } from './exec/host-abi.ts';
export { type Library, open } from './exec/library.ts';
export { alloc, cstring, type Memory, type MemoryOptions, read, view, write } from './exec/memory.ts';
export { host } from './exec/select-host.ts';
export * from './pure.ts';
export type { WithErrno } from './signature/infer-calls.ts';
