import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';

/** Everything runs once; what touches executable memory runs once per host. */
const onHost = (host: 'native' | 'koffi'): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name: host, include: ['test/exec/**/*.test.ts'], env: { INTERFIX_HOST: host } },
});

const config: ViteUserConfig = defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 120_000,
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      { extends: true, test: { name: 'pure', include: ['test/{unit,golden,oracle,cli,windows}/**/*.test.ts'] } },
      onHost('native'),
      onHost('koffi'),
    ],
  },
});

export default config;
