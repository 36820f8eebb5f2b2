// Which of the two languages a text of the command line is written in. What it means is decided by their parsers.

export type Language = 'signatures' | 'C';

/** Words that only a C declaration begins with. */
const STARTS_DECLARATION =
  /^(?:struct|union|enum|typedef|extern|static|inline|_Alignas|_Static_assert|__extension__|__attribute__|__declspec)\b|^\[\[/;

/** `double pow(`, `char *strdup(`: a type and a name where the signature language has one word, or a `*` in front. */
const STARTS_FUNCTION = /^(?!(?:(?:const|volatile|restrict)\s*)+[*{<[(@!])(?:(?:\w+\s+)+(?:\*|\w+\s*\()|\w+\s*\*)/;

/** Comments of both languages and lines of the preprocessor say nothing about it. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|#[^\n]*/g, ' ').trim();

/**
 * The language of a signature or a type:
 *
 * 1. `->`, or one of `{ < [ * @ ( !` at the beginning, is the signature language;
 * 2. `;` at the end, a word such as `struct` or `typedef` at the beginning, or a type in front of a name and `(`, is C;
 * 3. everything else is the signature language, which has C's names of types, too.
 */
export function languageOf(text: string): Language {
  const bare = withoutComments(text);
  if (bare.includes('->') || /^(?!\[\[)[{<[*@(!]/.test(bare)) return 'signatures';
  return bare.endsWith(';') || STARTS_DECLARATION.test(bare) || STARTS_FUNCTION.test(bare) ? 'C' : 'signatures';
}

/** The language of definitions: those of the signature language begin with `@`. */
export const languageOfDefinitions = (text: string): Language =>
  STARTS_DECLARATION.test(withoutComments(text)) ? 'C' : 'signatures';

/**
 * A declaration whose last `;` is missing, with one; the line break ends a comment. One that stops in the middle is left
 * as it is, so that its error says so.
 */
export function closed(text: string): string {
  const bare = withoutComments(text);
  const isWhole = (['()', '{}', '[]'] as const).every(
    ([open = '', close = '']) => bare.split(open).length === bare.split(close).length,
  );
  return bare === '' || bare.endsWith(';') || !isWhole ? text : `${text}\n;`;
}
