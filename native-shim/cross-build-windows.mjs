// Builds the native shim for Windows x64 with mingw: what test/windows runs under wine. Decides nothing about the shim;
// on Windows itself binding.gyp builds it.
//
//   node native-shim/cross-build-windows.mjs <folder of the package node-api-headers> <interfix.node to write>
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buildShim, run } from './cross-build.mjs';

const PREFIX = 'x86_64-w64-mingw32-';

/** The package lists what node.exe exports; the linker wants it as one library. */
const importLibrary = (headers, scratch) => {
  const exported = ['js_native_api.def', 'node_api.def'].flatMap((name) =>
    readFileSync(join(headers, 'def', name), 'utf8')
      .split(/\r?\n/)
      .filter((line) => !/^(NAME|EXPORTS)/.test(line)),
  );
  writeFileSync(join(scratch, 'node.def'), ['LIBRARY node.exe', 'EXPORTS', ...exported, ''].join('\n'));
  run(`${PREFIX}dlltool`, ['-d', join(scratch, 'node.def'), '-l', join(scratch, 'libnode.a')]);
};

const build = (headers, output) => {
  const scratch = mkdtempSync(join(tmpdir(), 'interfix-cross-'));
  try {
    importLibrary(headers, scratch);
    const paths = [`-I${join(headers, 'include')}`, `-L${scratch}`];
    // The second option: gcc 12 takes the read of the thread's own block at gs:0x30 for a read through NULL.
    buildShim(`${PREFIX}gcc`, 'win', output, ['-static-libgcc', '--param=min-pagesize=0', ...paths, '-lnode']);
  } finally {
    rmSync(scratch, { recursive: true });
  }
};

const [headers, output] = process.argv.slice(2);
if (headers === undefined || output === undefined) {
  console.error('usage: node native-shim/cross-build-windows.mjs <node-api-headers> <interfix.node>');
  process.exit(2);
}
build(headers, output);
