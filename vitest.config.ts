import { existsSync } from 'node:fs';
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';
import { OPTIMISES_AT_ONCE } from './test/support/engine-flags.ts';

/** Everything runs once; what touches executable memory runs once per host. */
const onHost = (host: 'native' | 'koffi', folders: string): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name: host, include: [`test/${folders}/**/*.test.ts`], env: { INTERFIX_HOST: host } },
});

const { platform, versions, env } = process;
const ADDON = `native-shim/v8/build/Release/interfix_v8_${versions.modules}.node`;
/** Where V8's fast calls are used by default. */
const CAN_CALL_FAST = platform === 'linux' && ['115', '127', '137', '147'].includes(versions.modules);
/** In CI their addon must be there; elsewhere the compiler may have been missing. */
const CALLS_FAST = CAN_CALL_FAST && (env['CI'] !== undefined || existsSync(new URL(ADDON, import.meta.url)));
if (CAN_CALL_FAST && !CALLS_FAST) console.warn(`leaf: through Node-API only, for ${ADDON} is not built`);

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
          env: { INTERFIX_HOST: 'native', INTERFIX_CALLS: CALLS_FAST ? 'v8' : '' },
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
