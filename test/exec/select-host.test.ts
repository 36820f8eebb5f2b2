// Which host is chosen, and what is said when none can be.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

/** The choice is made once per environment, so each test reads the module anew. */
const choose = async (wanted: string): Promise<unknown> => {
  vi.stubEnv('INTERFIX_HOST', wanted);
  const { host } = await import('../../src/exec/select-host.ts');
  return host();
};

beforeEach(() => {
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.doUnmock('node:module');
});

/** Makes `require` fail for everything whose name contains one of these. */
const hide = (...names: readonly string[]): void => {
  vi.doMock('node:module', async (original) => {
    const module = await original<typeof import('node:module')>();
    const createRequire = (from: string) => {
      const require = module.createRequire(from);
      return (id: string): unknown => {
        if (names.some((name) => id.includes(name))) throw new Error(`hidden: ${id}`);
        return require(id);
      };
    };
    return { ...module, createRequire };
  });
};

describe('the choice of a host', () => {
  test('follows INTERFIX_HOST', async () => {
    expect(await choose('koffi')).toMatchObject({ name: 'koffi' });
    vi.resetModules();
    expect(await choose('native')).toMatchObject({ name: 'native' });
  });

  test('is the native shim by default', async () => {
    expect(await choose('')).toMatchObject({ name: 'native' });
  });

  test('falls back to koffi', async () => {
    hide('interfix.node');
    expect(await choose('')).toMatchObject({ name: 'koffi' });
  });

  test('that was forced does not fall back', async () => {
    hide('interfix.node');
    await expect(choose('native')).rejects.toMatchObject({ code: 'ERR_HOST', message: /native shim is not built/ });
    vi.resetModules();
    hide('koffi');
    await expect(choose('koffi')).rejects.toMatchObject({ code: 'ERR_HOST', message: /koffi is not installed/ });
  });

  test('without any is ERR_HOST with both causes', async () => {
    hide('interfix.node', 'koffi');
    const refusal = { code: 'ERR_HOST', cause: { errors: [{ code: 'ERR_HOST' }, { code: 'ERR_HOST' }] } };
    await expect(choose('')).rejects.toMatchObject(refusal);
  });

  test('of an unknown name is ERR_OPTION', async () => {
    await expect(choose('Native')).rejects.toMatchObject({ code: 'ERR_OPTION' });
  });
});
