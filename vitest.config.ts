import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';
import { OPTIMISES_AT_ONCE } from './test/support/engine-flags.ts';

/** Everything runs once; what touches executable memory runs once per host. */
const onHost = (host: 'native' | 'koffi', folders: string): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name: host, include: [`test/${folders}/**/*.test.ts`], env: { INTERFIX_HOST: host } },
});

/** Where V8's fast calls are used by default, their addon must be there. */
const HAS_V8_CALLS = process.platform === 'linux' && ['115', '127', '137', '147'].includes(process.versions.modules);

const config: ViteUserConfig = defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/{unit,golden,oracle,cli}/**/*.test.ts'] } },
      onHost('native', '{exec,native,stress}'),
      onHost('koffi', 'exec'),
      // The tests of calls once more: all functions that call no JavaScript go over V8's fast calls.
      {
        extends: true,
        test: {
          name: 'leaf',
          include: ['test/exec/{bind,bind-*,errno}.test.ts'],
          env: { INTERFIX_HOST: 'native', INTERFIX_CALLS: HAS_V8_CALLS ? 'v8' : '' },
          setupFiles: ['test/support/every-leaf.ts'],
          execArgv: [...OPTIMISES_AT_ONCE],
        },
      },
      // Other machines, emulated: minutes, so that `npm test` leaves them out and .ci/run does not.
      { extends: true, test: { name: 'emulated', include: ['test/{windows,arm64}/**/*.test.ts'] } },
    ],
  },
});

export default config;
