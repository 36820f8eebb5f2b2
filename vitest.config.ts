import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';

/** Everything runs once; what touches executable memory runs once per host. */
const onHost = (host: 'native' | 'koffi', folders: string): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name: host, include: [`test/${folders}/**/*.test.ts`], env: { INTERFIX_HOST: host } },
});

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
      // Other machines, emulated: minutes, so that `npm test` leaves them out and .ci/run does not.
      { extends: true, test: { name: 'emulated', include: ['test/{windows,arm64}/**/*.test.ts'] } },
    ],
  },
});

export default config;
