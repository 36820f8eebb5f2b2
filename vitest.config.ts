import { defineConfig } from 'vitest/config';

/** Everything runs once; what touches executable memory runs once per host. */
const onHost = (host: 'native' | 'koffi') => ({
  test: { name: host, include: ['test/exec/**/*.test.ts'], env: { INTERFIX_HOST: host } },
});

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 120_000,
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      { test: { name: 'pure', include: ['test/{unit,golden,oracle,cli}/**/*.test.ts'] } },
      onHost('native'),
      onHost('koffi'),
    ],
  },
});
