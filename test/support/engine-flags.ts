// How V8 is told to optimise what it has seen a few times, and to do so at once instead of in the background.

const isOld = process.versions.modules === '115';

/** Node 20 counts bytes of bytecode, later versions count invocations. */
const SOON = isOld
  ? ['--interrupt-budget=50']
  : [
      '--invocation-count-for-maglev=2',
      '--invocation-count-for-turbofan=4',
      '--minimum-invocations-before-optimization=1',
      '--minimum-invocations-after-ic-update=1',
    ];

export const OPTIMISES_AT_ONCE: readonly string[] = [
  '--always-sparkplug',
  '--no-lazy-feedback-allocation',
  '--no-concurrent-recompilation',
  ...SOON,
];
