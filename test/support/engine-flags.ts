// How V8 is told to optimise what it has seen a few times, and to do so at once instead of in the background.

const { modules } = process.versions;
const isOld = modules === '115';
/** V8 13.6 stays in Maglev's code for a loop that it has entered so soon; later and earlier versions leave it. */
const MAGLEV = modules === '137' ? '--no-maglev' : '--invocation-count-for-maglev=2';

/** Node 20 counts bytes of bytecode, later versions count invocations. */
const SOON = isOld
  ? ['--interrupt-budget=50']
  : [
      MAGLEV,
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
