// Golden files: text under fixtures/ that a person has read. UPDATE_FIXTURES=1 is the only writer.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const root = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const { UPDATE_FIXTURES } = process.env;

export const readFixture = (name: string): string => readFileSync(join(root, name), 'utf8');

/** The names of the files in a folder of fixtures, sorted. */
export const fixturesIn = (folder: string): string[] => readdirSync(join(root, folder)).sort();

/** Compares `text` with the golden file of that name, or writes the file when fixtures are being updated. */
export function expectGolden(name: string, text: string): void {
  if (UPDATE_FIXTURES === '1') {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  expect(text, `fixtures/${name}: read the difference, then UPDATE_FIXTURES=1`).toBe(readFixture(name));
}

/** `name: signature`, one to a line; `#` begins a line of comment. */
export function namedSignatures(): ReadonlyMap<string, string> {
  const lines = readFixture('signatures.txt').split('\n');
  const named = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    named.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const),
  );
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
