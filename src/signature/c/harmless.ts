// Words that change neither a type nor a call: attributes, pragmas and keywords that are read and dropped.
// What is not listed here, and not understood elsewhere, is refused.

/** GCC's and Clang's attributes, without their underscores; C23's and C++'s of the same names. */
export const HARMLESS_ATTRIBUTES: ReadonlySet<string> = new Set([
  // What the function promises to its callers, or asks of them.
  ...['access', 'alloc_align', 'alloc_size', 'assume_aligned', 'cold', 'const', 'fd_arg', 'fd_arg_read'],
  ...['fd_arg_write', 'format', 'format_arg', 'hot', 'leaf', 'malloc', 'nonnull', 'noreturn', 'nothrow', 'pure'],
  ...['returns_nonnull', 'returns_twice', 'sentinel', 'null_terminated_string_arg', 'tainted_args', 'expected_throw'],
  ...['nocommon', 'nonstring', 'noescape', 'unsequenced', 'reproducible', 'zero_call_used_regs'],
  // What the compiler says about its use.
  ...['availability', 'deprecated', 'diagnose_if', 'error', 'fallthrough', 'maybe_unused', 'nodiscard', 'unavailable'],
  ...['unused', 'warn_unused_result', 'warning', 'designated_init', 'enum_extensibility', 'flag_enum', 'swift_name'],
  // How the function itself is compiled and linked.
  ...['alias', 'always_inline', 'artificial', 'constructor', 'copy', 'destructor', 'dllexport', 'dllimport'],
  ...['externally_visible', 'flatten', 'gnu_inline', 'ifunc', 'no_instrument_function', 'no_reorder', 'no_sanitize'],
  ...['no_sanitize_address', 'no_sanitize_undefined', 'no_stack_protector', 'noclone', 'noinline', 'noipa'],
  // Conventions of 32-bit x86: ignored everywhere else, as gcc and clang do with a warning.
  ...['cdecl', 'fastcall', 'stdcall', 'thiscall'],
  ...['optimize', 'overloadable', 'patchable_function_entry', 'retain', 'section', 'simd', 'stack_protect', 'symver'],
  ...['target', 'target_clones', 'used', 'visibility', 'weak', 'weak_import', 'weakref', 'tls_model'],
  // May other types point to it? Only the optimiser asks.
  ...['may_alias', 'noalias', 'restrict'],
]);

/** Microsoft's `__declspec` words; `align(n)` is understood, others are refused. */
export const HARMLESS_DECLSPECS: ReadonlySet<string> = new Set([
  ...['allocator', 'deprecated', 'dllexport', 'dllimport', 'noalias', 'noinline', 'noreturn', 'nothrow', 'novtable'],
  ...['restrict', 'safebuffers', 'selectany', 'thread', 'guard'],
]);

export const HARMLESS_PRAGMAS: ReadonlySet<string> = new Set([
  ...['once', 'STDC', 'GCC', 'clang', 'warning', 'comment', 'message', 'region', 'endregion', 'weak', 'mark'],
]);

/** x86-64 and AArch64 have one convention for all of these (MS x64 conv.: the words are accepted and ignored). */
export const CONVENTION_WORDS: ReadonlySet<string> = new Set([
  ...['__cdecl', '__stdcall', '__fastcall', '__thiscall', '_cdecl', '_stdcall'],
]);

/** Storage and function words besides `typedef` and `static`; qualifiers besides `const` and `_Atomic`. */
export const HARMLESS_WORDS: ReadonlySet<string> = new Set([
  ...['extern', 'register', 'auto', 'inline', '__inline', '__inline__', '__forceinline', '_Noreturn', '_Thread_local'],
  ...['thread_local', '__thread', '__extension__'],
  ...['volatile', '__volatile', '__volatile__', 'restrict', '__restrict', '__restrict__'],
  ...['_Nonnull', '_Nullable', '_Null_unspecified', '__ptr64', '__unaligned'],
  ...CONVENTION_WORDS,
]);

export const CONST_WORDS: ReadonlySet<string> = new Set(['const', '__const', '__const__']);
export const ATTRIBUTE_WORDS: ReadonlySet<string> = new Set(['__attribute__', '__attribute']);
export const ALIGNAS_WORDS: ReadonlySet<string> = new Set(['_Alignas', 'alignas']);
export const ASM_WORDS: ReadonlySet<string> = new Set(['__asm__', '__asm', 'asm']);

/** Words of C and its extensions that this version refuses, each with what to say about it. */
export const REFUSED_WORDS: ReadonlyMap<string, string> = new Map([
  ['_Atomic', 'how an atomic type is laid out is up to the compiler'],
  ['_BitInt', '_BitInt is not supported'],
  ['_Imaginary', 'no compiler here has imaginary types'],
  ['_Accum', 'fixed-point types are not supported'],
  ['_Fract', 'fixed-point types are not supported'],
  ['_Sat', 'fixed-point types are not supported'],
  ['typeof', 'write the type'],
  ['__typeof__', 'write the type'],
  ['__typeof', 'write the type'],
  ['typeof_unqual', 'write the type'],
  ['__auto_type', 'write the type'],
  ['constexpr', 'objects are not supported'],
  ['_Pragma', 'run the text through cpp first'],
  ['__vectorcall', 'the convention is not supported'],
  ['__regcall', 'the convention is not supported'],
  ['__seg_fs', 'address spaces are not supported'],
  ['__seg_gs', 'address spaces are not supported'],
]);

export const TAG_WORDS: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);

const startWords: ReadonlySet<string> = new Set([
  ...[...HARMLESS_WORDS, ...CONST_WORDS, ...ATTRIBUTE_WORDS, ...ALIGNAS_WORDS, ...TAG_WORDS, ...REFUSED_WORDS.keys()],
  ...['typedef', 'static', '__declspec'],
]);

/** Whether a declaration may begin with the word, though it names no type by itself. */
export const isStartWord = (word: string): boolean => startWords.has(word);
