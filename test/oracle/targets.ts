// The compilers that the five conventions are held against: how each is called, what its C cannot say, and what it is not
// asked because it is known to do otherwise than the compiler that we follow. docs/abi/*.md tell which that is and why.

import type { ConventionId, VectorLevel } from '../../src/abi/convention.ts';
import { type CTarget, LARGE_SHARED, SHARED } from '../support/c-source.ts';
import { fullProfile, type SignatureProfile } from '../support/signature-profile.ts';
import {
  any,
  bfloat16Inside,
  clangOnSysv,
  type Excluded,
  gccWithAvx,
  onlyUnnamedBits,
  packedInt128Bits,
  unheldVector,
  variadicLongDoubleUnion,
  vectorOf8,
  wideResult,
  withoutNarrowBeforeVariadic,
  withoutVariadicFloat16,
  withoutVariadicVectors,
  zeroWidths,
  zeroWidthsInUnions,
} from './exclusions.ts';

export type Cpu = 'x64' | 'aarch64';

export interface Target {
  /** The convention and the compiler, as a person names them. */
  readonly name: string;
  readonly abi: ConventionId;
  readonly cpu: Cpu;
  readonly vectors: VectorLevel;
  readonly command: string;
  readonly flags: readonly string[];
  readonly c: CTarget;
  readonly profile: SignatureProfile;
  /** The rules by which `prepare` may refuse a signature; every other refusal is a failure. */
  readonly refusals: readonly string[];
  /** Bytes: how far its callers align the copies that they pass. gcc stops at the alignment of the stack. */
  readonly copyAlign: number;
  /** The flag in /proc/cpuinfo without which the compiled code does not run. */
  readonly needs: string | null;
}

/** The functions of a batch are bytes that run anywhere: no relocation, no library, no unwinding, no stack probes. */
const FREESTANDING = [
  '-O1', '-w', '-ffreestanding', '-fno-asynchronous-unwind-tables', '-fno-stack-protector', '-fno-pic', '-c',
] as const; // biome-ignore format: one row

interface Compiler {
  readonly command: string;
  readonly family: 'gcc' | 'clang';
  readonly triple?: string;
  readonly flags?: readonly string[];
  readonly vectors?: VectorLevel;
  readonly profile?: Partial<SignatureProfile>;
  readonly c?: Partial<CTarget>;
}

/** Where compilers do not agree, or not with themselves, and no text says who is right: see the page of the convention. */
const REFUSALS: Readonly<Record<ConventionId, readonly string[]>> = {
  'sysv-x64': [
    'vector of one __int128 in a record',
    'array of float16 across eightbytes',
    'complex bfloat16',
    'lone bfloat16',
    'vector of long double',
    'variadic record of a wide vector',
    'unnamed bits in a variadic function',
  ],
  'win-x64': ['vector'],
  aapcs64: ['variadic-align16', 'variadic-float16', 'bfloat16-hfa'],
  'aapcs64-apple': ['variadic-align16', 'variadic-float16', 'bfloat16-hfa', 'unnamed-bits-result'],
  'aapcs64-windows': [
    'variadic-vector',
    'variadic-empty',
    'variadic-align16',
    'variadic-float16',
    'variadic-split',
    'bfloat16-hfa',
    'unnamed-bits-result',
  ],
};

const CPUS: Readonly<Record<ConventionId, Cpu>> = {
  'sysv-x64': 'x64',
  'win-x64': 'x64',
  aapcs64: 'aarch64',
  'aapcs64-apple': 'aarch64',
  'aapcs64-windows': 'aarch64',
};

const NEEDS: Readonly<Record<VectorLevel, string | null>> = { sse: null, avx: 'avx', avx512: 'avx512f' };
const WIDE: Readonly<Record<VectorLevel, readonly string[]>> = { sse: [], avx: ['-mavx'], avx512: ['-mavx512f'] };

function target(abi: ConventionId, compiler: Compiler): Target {
  const { command, family, triple, flags = [], vectors = 'sse', profile = {}, c = {} } = compiler;
  const level = vectors === 'sse' ? '' : ` ${vectors}`;
  return {
    name: `${abi}: ${command}${triple === undefined ? '' : ` ${triple}`}${level}`,
    abi,
    cpu: CPUS[abi],
    vectors,
    command,
    flags: [...FREESTANDING, ...(triple === undefined ? [] : [`--target=${triple}`]), ...flags, ...WIDE[vectors]],
    c: {
      abi,
      compiler: family,
      shared: SHARED,
      float16: '_Float16',
      bfloat16: null,
      checksExtension: abi === 'sysv-x64' || abi === 'aapcs64-apple',
      adapters: null,
      alignedVectors: triple?.endsWith('msvc') ?? false,
      assertsAlign: family === 'clang',
      ...c,
    },
    profile: {
      ...withoutTypes(fullProfile(abi), c),
      large: false,
      ...profile,
    },
    refusals: REFUSALS[abi],
    copyAlign: family === 'gcc' && abi !== 'sysv-x64' ? 16 : Number.POSITIVE_INFINITY,
    needs: NEEDS[vectors],
  };
}

/** Without the types that the compiler has not. */
function withoutTypes(profile: SignatureProfile, { float16, bfloat16 }: Partial<CTarget>): SignatureProfile {
  const hasFloat16 = float16 !== null;
  const complex = profile.complex.filter((name) => name !== 'float16' || hasFloat16);
  return { ...profile, complex, float16: hasFloat16, bfloat16: typeof bfloat16 === 'string' };
}

/** The same target for signatures with records of many pages. */
export const large = (small: Target): Target => ({
  ...small,
  c: { ...small.c, shared: LARGE_SHARED },
  profile: { ...small.profile, large: true },
});

const NO_PROBES = ['-mno-stack-arg-probe'];

const CLANG_14_X64 = { float16: null };
const CLANG_19 = { bfloat16: '__bf16' };

/** Clang passes records with a flexible array in memory, and classifies those with an array of no elements otherwise. */
const CLANG_ON_SYSV = { pins: 'clang-on-linux', flexible: false, zeroArrays: false } as const;
const onSysv = (command: string, c: Partial<CTarget>, vectors: VectorLevel): Compiler => ({
  command,
  family: 'clang',
  vectors,
  c,
  profile: {
    ...CLANG_ON_SYSV,
    isExcluded: clangOnSysv(vectors),
    accepts: vectors === 'sse' ? null : withoutVariadicVectors,
  },
});

const SYSV: readonly Compiler[] = [
  { command: 'gcc', family: 'gcc', profile: { isExcluded: variadicLongDoubleUnion } },
  { command: 'gcc', family: 'gcc', vectors: 'avx', profile: { isExcluded: gccWithAvx } },
  { command: 'gcc', family: 'gcc', vectors: 'avx512', profile: { isExcluded: gccWithAvx } },
  onSysv('clang-14', CLANG_14_X64, 'sse'),
  onSysv('clang-19', CLANG_19, 'sse'),
  onSysv('clang-19', CLANG_19, 'avx'),
  onSysv('clang-19', CLANG_19, 'avx512'),
];

/** Its long double has 80 bits; records without members have no bytes; half floats are integers. */
const mingw = (vectors: VectorLevel): Compiler => ({
  command: 'x86_64-w64-mingw32-gcc',
  family: 'gcc',
  vectors,
  flags: NO_PROBES,
  c: { float16: null },
  profile: {
    pins: 'mingw',
    longdouble: false,
    complex: ['float', 'double'],
    emptyRecords: false,
    isExcluded: wideResult,
  },
});

/** Clang passes records with a flexible array by reference. */
const onWindows = (command: string, c: Partial<CTarget>, vectors: VectorLevel = 'sse'): Compiler => ({
  command,
  family: 'clang',
  triple: 'x86_64-pc-windows-msvc',
  vectors,
  flags: NO_PROBES,
  c,
  profile: { flexible: false, isExcluded: any(vectorOf8, unheldVector(vectors)) },
});

/** As clang for msvc, with the layouts and the long double of mingw; packed records have alignments of their own. */
const onMingw = (command: string, c: Partial<CTarget>): Compiler => {
  const { profile, ...compiler } = onWindows(command, c);
  const { longdouble = false, emptyRecords = false, pins = null } = mingw('sse').profile ?? {};
  const complex = c.float16 === null ? (['float', 'double'] as const) : (['float', 'double', 'float16'] as const);
  return {
    ...compiler,
    triple: 'x86_64-w64-mingw32',
    profile: { ...profile, longdouble, emptyRecords, pins, complex, packed: false },
  };
};

const WIN: readonly Compiler[] = [
  mingw('sse'),
  mingw('avx'),
  onMingw('clang-14', CLANG_14_X64),
  onMingw('clang-19', CLANG_19),
  onWindows('clang-14', CLANG_14_X64),
  onWindows('clang-19', CLANG_19),
  onWindows('clang-19', CLANG_19, 'avx'),
  onWindows('clang-19', CLANG_19, 'avx512'),
];

/** A trampoline leaves x18 alone, which on Linux is a register like others: what is compiled must not use it, either. */
const FIXED_X18 = ['-ffixed-x18'];

/** With an array of no elements, gcc treats a struct as the vector that fills it, and clang does not. */
const onAapcs = (command: string, c: Partial<CTarget>, isExcluded: Excluded): Compiler => ({
  command,
  family: 'clang',
  triple: 'aarch64-linux-gnu',
  flags: FIXED_X18,
  c,
  profile: { pins: 'clang-on-linux', zeroArrays: false, isExcluded },
});

const AAPCS: readonly Compiler[] = [
  { command: 'aarch64-linux-gnu-gcc', family: 'gcc', flags: FIXED_X18, c: { bfloat16: '__bf16' } },
  onAapcs('clang-14', {}, any(zeroWidths, onlyUnnamedBits, packedInt128Bits)),
  onAapcs('clang-19', CLANG_19, any(bfloat16Inside, onlyUnnamedBits, packedInt128Bits, zeroWidthsInUnions)),
];

const APPLE: readonly Compiler[] = [
  {
    command: 'clang-14',
    family: 'clang',
    triple: 'arm64-apple-macos',
    profile: { isExcluded: zeroWidths, accepts: withoutNarrowBeforeVariadic },
  },
  { command: 'clang-19', family: 'clang', triple: 'arm64-apple-macos', c: CLANG_19 },
];

const onArmWindows = (command: string, c: Partial<CTarget>, isExcluded: Excluded | null): Compiler => ({
  command,
  family: 'clang',
  triple: 'aarch64-pc-windows-msvc',
  flags: NO_PROBES,
  c,
  profile: { isExcluded, accepts: withoutVariadicFloat16 },
});

const AAPCS_WINDOWS: readonly Compiler[] = [
  onArmWindows('clang-14', {}, zeroWidths),
  onArmWindows('clang-19', CLANG_19, null),
];

const all = (abi: ConventionId, compilers: readonly Compiler[]): Target[] =>
  compilers.map((compiler) => target(abi, compiler));

export const targets: readonly Target[] = [
  ...all('sysv-x64', SYSV),
  ...all('win-x64', WIN),
  ...all('aapcs64', AAPCS),
  ...all('aapcs64-apple', APPLE),
  ...all('aapcs64-windows', AAPCS_WINDOWS),
];
