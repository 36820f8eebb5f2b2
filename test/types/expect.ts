// Assertions about types. Files of this folder are not run: `tsc -p tsconfig.json`, part of `npm run check`, is the test.
// An assertion that fails is a compile error; a `@ts-expect-error` above a line that compiles is one, too.

/** Whether two types are identical, not only assignable to each other: `readonly` and optional properties count. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles for `true` only. */
export type Expect<T extends true> = T;
