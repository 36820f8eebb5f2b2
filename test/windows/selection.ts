// Which tests run on Windows: all of test/exec but those listed here, each with the reason.

import type { Difference } from '../emulated/outcomes.ts';

const EXEC = [
  ...['bind', 'bind-errors', 'bind-pointers', 'bind-records', 'callback', 'callback-lifetime', 'exceptions'],
  ...['executable-memory', 'finalize', 'gc', 'host', 'invocations', 'library', 'memory', 'memory-blocks'],
  ...['node-flags', 'reentrancy', 'values', 'values-records', 'worker', 'workers'],
];

/**
 * Not among them: callers.test.ts and registry.test.ts compile C or open Linux libraries themselves, select-host.test.ts
 * replaces modules, which only vitest's own bundler can, and examples.test.ts runs examples that call Linux libraries.
 */
export const FILES: readonly string[] = [
  ...EXEC.map((name) => `test/exec/${name}.test.ts`),
  'test/windows/inside/pages.ts',
  'test/windows/inside/system.ts',
];

/** With the older Node: what its own part in the matter is, Node-API and the loader. */
export const FEW: readonly string[] = FILES.filter((file) =>
  /(bind-records|callback|invocations|library|pages|system)(\.test)?\.ts$/.test(file),
);

export const DIFFERENT: readonly Difference[] = [
  {
    reason: 'they state sizes and values of System V; inside/system.ts and test/unit/marshal-long.test.ts have these',
    tests: [
      /'(long|ulong|wchar_t)'/,
      /integers at the edges of their widths > are kept, and refused beyond/,
      /floating-point numbers > of long double/,
      /values-records.*bit-fields > are numbers, bigints and booleans/,
      /libraries > the program itself has the C library/,
    ],
  },
  {
    reason: 'they expect a refusal that only System V, or only another convention than this one, gives',
    tests: [/a signature is refused > with a convention that is not the machine code of here/],
  },
  {
    reason: 'they name Linux libraries, or the text of its loader; inside/system.ts has these',
    tests: [/libraries > a file is opened, used and closed/, /libraries > one that does not exist throws the message/],
  },
  {
    reason: 'they read /proc, which under wine shows the Linux process; inside/pages.ts has these',
    tests: [
      /pages > (refuse a size that cannot be had|are gone after release)/,
      /W\^X > no mapping of code is ever writable/,
      /disposal > unmaps everything, and later use is ERR_DISPOSED/,
      /disposal while it runs > of a library, from a callback/,
      /(two that are terminated while|of a hundred no more than the last 64)/,
    ],
  },
  {
    reason: 'they repeat many thousand times what wine asks another process for: every view of memory',
    tests: [
      /freed slots > 10\^5 cycles/,
      /ten thousand of them, one after another/,
      /survives garbage collection/,
      /workers > (two that are terminated while|one after another)/,
      /with the flags `--(stress-compaction|jitless)/,
    ],
  },
];
