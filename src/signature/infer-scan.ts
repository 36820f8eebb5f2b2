// Characters and words of a signature text, read by the compiler: what scanner.ts does when the program runs. Types only.

/** What stands for the type of a text that is wrong; the compiler's message shows it. */
export interface SignatureError<Message extends string> {
  readonly signatureError: Message;
}

type Characters<S extends string, Found = never> = S extends `${infer C}${infer R}` ? Characters<R, Found | C> : Found;
export type Blank = ' ' | '\n' | '\t' | '\r' | '\v' | '\f';
export type Digit = Characters<'0123456789'>;
export type Letter = Characters<'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_'>;
type WordCharacter = Letter | Digit;

export type Trim<S extends string> = S extends `${Blank | '\0'}${infer R}` ? Trim<R> : S;

/** The words that begin in front of S, with single blanks between them, and the text behind them. */
export type InWord<S extends string, W extends string> = S extends `${infer C}${infer R}`
  ? C extends WordCharacter
    ? InWord<R, `${W}${C}`>
    : C extends Blank
      ? BehindWord<R, W>
      : [W, S]
  : [W, ''];
type BehindWord<S extends string, W extends string> = S extends `${infer C}${infer R}`
  ? C extends Blank
    ? BehindWord<R, W>
    : C extends Letter
      ? InWord<R, `${W} ${C}`>
      : [W, S]
  : [W, ''];

export type Digits<S extends string, D extends string = ''> = S extends `${infer C}${infer R}`
  ? C extends Digit
    ? Digits<R, `${D}${C}`>
    : [D, Trim<S>]
  : [D, ''];

/** The message for text S, which is not what should stand there. */
export type Expected<What extends string, S extends string> = `expected ${What}, found ${S extends ''
  ? 'the end'
  : `'${S extends `${infer Near}\0${string}` ? Near : S}'`}`;

/** The numbers behind `=` are not looked at. */
export type ValueNames<S extends string, Names extends string = never> = S extends `${infer First},${infer Rest}`
  ? ValueName<First> extends infer Name extends string
    ? ValueNames<Rest, Names | Name>
    : ValueName<First>
  : ValueName<S> extends infer Name extends string
    ? Names | Name
    : ValueName<S>;
type ValueName<S extends string> =
  Trim<S> extends `${infer C extends Letter}${infer R}`
    ? InWord<R, C> extends [infer W extends string, infer T extends string]
      ? [W, T] extends [`${string} ${string}`, string]
        ? SignatureError<Expected<"',' or '}'", Trim<S>>>
        : T extends '' | `=${string}`
          ? W
          : SignatureError<Expected<"',' or '}'", T>>
      : never
    : SignatureError<Expected<'the name of a value', Trim<S>>>;

/** Comments run from `#` to the end of the line. */
type WithoutComments<S extends string> = S extends `${infer Before}#${infer Rest}`
  ? Rest extends `${string}\n${infer After}`
    ? WithoutComments<`${Before}\n${After}`>
    : Before
  : S;

/** A NUL behind every comma: the parser begins another loop there. */
type Marked<S extends string, Done extends string> = S extends `${infer Before},${infer Rest}`
  ? Marked<Rest, `${Done}${Before},\0`>
  : `${Done}${S}`;

/** The text behind the first ten characters, null if there are fewer. */
type BehindTen<S extends string> =
  S extends `${infer _0}${infer _1}${infer _2}${infer _3}${infer _4}${infer _5}${infer _6}${infer _7}${infer _8}${infer _9}${infer R}`
    ? R
    : null;
/** Whether a text has fewer than ten characters for each dot. */
type IsShorter<S extends string, Tens extends string> = Tens extends `.${infer Fewer}`
  ? BehindTen<S> extends infer R extends string
    ? IsShorter<R, Fewer>
    : true
  : false;
/** 250 characters: no text of that length makes the parser take 1,000 steps. */
type OneLoop = '.........................';
/** 900 characters: no word or run of blanks can be longer than a loop. */
type Limit = `${OneLoop}${OneLoop}${OneLoop}...............`;

/**
 * The text as the parser reads it: without comments, and marked if it is long. Null if the type is not one text, or too
 * long. A pattern, `string` for one, makes no property of an object.
 */
export type Readable<Text extends string> = { [T in never]: 1 } extends { [T in Text]: 1 }
  ? null
  : IsShorter<Text, OneLoop> extends true
    ? WithoutComments<Text>
    : IsShorter<Text, Limit> extends true
      ? Marked<WithoutComments<Text>, ''>
      : null;
