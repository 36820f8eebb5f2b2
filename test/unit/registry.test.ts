// The registry: what may be defined, in which order, what is refused, and that nothing changes then.

import { describe, expect, it } from 'vitest';
import { layoutOf, sizeOf } from '../../src/abi/conventions.ts';
import * as c from '../../src/ctype/ctype.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { parseSignature, parseType } from '../../src/signature/parse.ts';
import { printSignature, printType } from '../../src/signature/print.ts';
import { createRegistry, type Registry } from '../../src/signature/registry.ts';
import { errorOf } from '../support/thrown.ts';

const abi = 'sysv-x64';
const int = c.integer('int32');

describe('a registry', () => {
  it('gives a name its type', () => {
    const registry = createRegistry().define('@Point = {x:double, y:double};');
    expect(printType(registry.lookup('Point') ?? c.VOID)).toBe('{x:double, y:double}');
    const type = parseType('[3:@Point]', { registry });
    expect(printType(type)).toBe('[3:@Point]');
    expect(sizeOf(type, abi)).toBe(48);
    expect(type).toEqual(c.array(registry.reference('Point'), 3));
  });

  it('has recursive types', () => {
    const registry = createRegistry().define('@Node = {value:int, next:*@Node}');
    const node = registry.reference('Node');
    const type = c.resolved(node);
    expect(type.kind === 'struct' ? type.members[1]?.type : null).toEqual(c.pointer(node));
    expect(sizeOf(node, abi)).toBe(16);
  });

  it.each([
    '@A = {b:*@B, n:int}; @B = {a:@A, c:@C}; @C = {int, int};',
    '@C = {int, int}; @B = {a:@A, c:@C}; @A = {b:*@B, n:int};',
    '@B = {a:@A, c:@C}; @C; @A; @A = {b:*@B, n:int}; @C = {int, int}',
    '# }{;\n@B = # @A\n{a:@A, c:@C}; @C={int, # ; }\nint};\n@A = {b:*@B, n:int} # end',
  ])('takes definitions in any order: %s', (text) => {
    const registry = createRegistry().define(text);
    const sizes = ['A', 'B', 'C'].map((name) => sizeOf(registry.reference(name), abi));
    expect(sizes).toEqual([16, 24, 8]);
  });

  it('takes them one by one, the used ones last', () => {
    const registry = createRegistry().define('@B = {a:@A, c:@C}').define('@A = {b:*@B, n:int};').define('@C;');
    expect(errorOf(() => sizeOf(registry.reference('B'), abi)).code).toBe('ERR_INCOMPLETE');
    registry.define('@C = {int, int}');
    expect(sizeOf(registry.reference('B'), abi)).toBe(24);
  });

  it('has opaque types, which only a pointer may point to', () => {
    const registry = createRegistry().define('@FILE;');
    expect(registry.has('FILE')).toBe(true);
    expect(registry.lookup('FILE')).toBeNull();
    const signature = parseSignature('fclose(*@FILE) -> int', { registry });
    expect(printSignature(signature)).toBe('fclose(*@FILE) -> int32');
    expect(sizeOf(parseType('{*@FILE}', { registry }), abi)).toBe(8);
    expect(errorOf(() => layoutOf(parseType('{@FILE}', { registry }), abi)).code).toBe('ERR_INCOMPLETE');
  });

  it('has names of functions, scalars, arrays, and of other names', () => {
    const registry = createRegistry().define(
      '@N::Handler = (*void, int) -> void; @Id = uint32; @Four = [4:@Id]; @Other = @Four; @Color = e:int{RED, BLUE=4};',
    );
    const type = parseType('{h:@N::Handler, ids:@Other, id:@Id:5, c:@Color:3}', { registry });
    expect(printType(type)).toBe('{h:@N::Handler, ids:@Other, id:@Id:5, c:@Color:3}');
    expect(sizeOf(type, abi)).toBe(32);
    expect(c.resolved(registry.reference('Other'))).toEqual(c.array(registry.reference('Id'), 4));
  });

  it('gives the name of a function type for a whole signature', () => {
    const registry = createRegistry().define(
      '@Handler = (*void; int) -> int; @Same = @Handler; @N::F = () -> @Handler',
    );
    const expected = parseSignature('(*void; int) -> int');
    for (const text of ['@Handler', ' @Handler # the same\n', '@Same']) {
      expect(parseSignature(text, { registry })).toEqual(expected);
    }
    expect(printSignature(parseSignature('@N::F', { registry }))).toBe('() -> @Handler');
  });

  it('knows its names, the oldest first', () => {
    const registry = createRegistry().define('@B = {*@X, *@A}; @A;').define('@X = int');
    expect(registry.names()).toEqual(['B', 'A', 'X']);
    expect(registry.has('X')).toBe(true);
    expect(registry.has('x')).toBe(false);
    expect(registry.has('constructor')).toBe(false);
    expect(registry.lookup('__proto__')).toBeNull();
  });

  it('gives the same object for a name, always', () => {
    const registry = createRegistry();
    const early = registry.reference('N::Later');
    expect(early.slot.type).toBeNull();
    registry.define('@N::Later = int');
    expect(registry.reference('N::Later')).toBe(early);
    expect(parseType('@N::Later', { registry })).toBe(early);
    expect(early.slot.type).toBe(int);
  });

  it('prints everything so that it can be defined again', () => {
    const text = [
      '@Color = e:uint8{RED, GREEN=5};',
      '@N::Node = alignas(16) !2:{color:@Color, alignas(8) next:*const @N::Node, flags:uint32:3, uint32:0};',
      '@FILE;',
      '@Handler = (*@FILE, @Color; *@Unknown) -> void;',
      '@Alias = @N::Node;',
      '@Vector = v[4:float];',
      '@Unknown;',
      '',
    ].join('\n');
    const registry = createRegistry().define(text);
    expect(registry.print()).toBe(text);
    expect(createRegistry().define(registry.print()).print()).toBe(text);
    expect(createRegistry().print()).toBe('');
  });

  it('cannot be changed through what it gives away', () => {
    const registry = createRegistry().define('@A = int');
    const { slot } = registry.reference('A');
    expect(Object.isFrozen(slot)).toBe(true);
    expect(Reflect.set(slot, 'type', c.VOID)).toBe(false);
    expect(registry.lookup('A')).toBe(int);
  });

  it('is not changed by parsing', () => {
    const registry = createRegistry().define('@A = {*@A}');
    expect(errorOf(() => parseType('{@A, *@B}', { registry })).code).toBe('ERR_UNKNOWN_TYPE');
    expect(registry.names()).toEqual(['A']);
  });
});

describe('a definition is refused at the mark, and nothing changes:', () => {
  const start = '@Old = {x:int, p:*@Old}; @Opaque; @Two = @One;';
  const refuses = (code: ErrorCode, texts: readonly string[]): void => {
    it.each(texts)(`${code} %s`, (marked) => {
      const registry = createRegistry().define(start);
      const before = registry.print();
      const error = errorOf(() => registry.define(marked.replace('^', '')));
      expect({ code: error.code, position: error.position }).toEqual({ code, position: marked.indexOf('^') });
      expect(registry.print()).toBe(before);
    });
  };
  refuses('ERR_SYNTAX', ['^A = int', '@A = int; ^B = int', '@^', '@A ^int', '@A = ^', '@A = ^;', '@A = int; ^;']);
  refuses('ERR_SYNTAX', ['@A = int ^@B = int', '@A = {int^', '@A^: = int', '@A:: ^= int', '@A = int; @^1 = int']);
  refuses('ERR_UNKNOWN_TYPE', ['@A = int; @B = {a:^itn}']);
  refuses('ERR_REDEFINED', ['^@Old = int', '@A = int; ^@A = double', '^@Old = {x:int}', '^@Old = {y:int, p:*@Old}']);
  refuses('ERR_REDEFINED', ['^@Old = !{x:int, p:*@Old}', '^@Old = {x:int, p:*const @Old}', '@A; @A = int; ^@A = uint']);
  refuses('ERR_REDEFINED', ['^@Old = @Opaque', '@New = {x:int}; ^@Old = @New', '^@Old = {x:int, p:*@Opaque}']);
  refuses('ERR_RECURSIVE', ['^@A = {a:@A}', '^@A = {a:int, b:[4:<{@A}>]}', '^@A = {b:@B}; @B = {a:@A}', '^@A = @A']);
  refuses('ERR_RECURSIVE', [
    '^@A=@B;@B=@A;',
    '@X = {a:@A}; ^@A = {b:@B}; @B = [2:@A]',
    '^@One = @Two',
    '^@One = {@Two}',
  ]);
  refuses('ERR_RECURSIVE', ['@Z = {a:int}; ^@A = {@Z, @B}; @B = {@C}; @C = {@A}; @D = {@A}']);
  refuses('ERR_TYPE', ['@A = {^v:@V}; @V = @W; @W = void', '@A = {^@V:3}; @V = float', '@A = () -> ^@V; @V = [3:int]']);
  refuses('ERR_TYPE', ['@A = {^@V, int}; @V = [?:int]', '@A = [3:^@V]; @V = void', '@A = {^@V:9}; @V = e:int8{A}']);
  refuses('ERR_DEPTH', [`@A = ${'*'.repeat(256)}^int`, `^@N0 = @N1; ${chain(300)}`]);

  it.each([
    ['@A = {a:@A}', '@A contains itself by value: @A → @A'],
    ['@A = {b:@B}; @B = [2:@C]; @C = <@A, int>', '@A contains itself by value: @A → @B → @C → @A'],
    ['@A = @B; @B = @A', '@A stands for itself: @A → @B → @A'],
    ['@One = {@Two}', '@One contains itself by value: @One → @Two → @One'],
    [`${chain(20)} @N20 = {@N1}`, '@N1 contains itself by value: @N1 → @N2 → @N3 → @N4 → @N5 → … → @N20 → @N1'],
    ['@Old = uint8', '@Old is defined already, as {x:int32, p:*@Old}'],
  ])('%s says %s', (text, message) => {
    const { message: full } = errorOf(() => createRegistry().define(start).define(text));
    expect(full.split(' at position ')[0]).toBe(message);
  });

  function chain(length: number): string {
    return Array.from({ length: length - 1 }, (_, index) => `@N${index + 1} = @N${index + 2};`).join(' ');
  }
});

describe('a definition may be repeated', () => {
  it.each([
    '@A = {x:int, p:*@A, b:*@B};',
    '@A = {x:int32_t, p:*@A, b:*{i:int}}; @I = int;',
    '@A = @C; @C = {x:@I, p:*@C, b:*@B}; @I = int;',
    '@A = {x:int, p:*{x:int, p:*@A, b:*@B}, b:*@B}; @I = int;',
    '@A; @B; @A = {x:int, p:*@A, b:*@B};',
    '@B = @D; @D = {i:int};',
  ])('as %s', (text) => {
    const registry = createRegistry().define('@A = {x:int, p:*@A, b:*@B}; @B = {i:int};');
    const [a, b] = [registry.lookup('A'), registry.lookup('B')];
    registry.define(text);
    expect(registry.lookup('A')).toBe(a);
    expect(registry.lookup('B')).toBe(b);
  });

  it('names of parameters do not count', () => {
    const registry = createRegistry().define('@F = (a:int) -> void');
    expect(registry.define('@F = (b:int) -> void').print()).toBe('@F = (a:int32) -> void;\n');
  });
});

describe('types that are built', () => {
  const build = (registry: Registry): ReadonlyMap<string, c.CType | null> =>
    new Map<string, c.CType | null>([
      [
        'Node',
        c.struct([
          c.member('next', c.pointer(registry.reference('Node'))),
          c.member('color', registry.reference('Color')),
        ]),
      ],
      ['Color', c.enumeration(int, [{ name: 'RED', value: 0n }])],
      ['FILE', null],
    ]);

  it('are added in any order', () => {
    const registry = createRegistry();
    expect(registry.add(build(registry)).print()).toBe(
      '@Node = {next:*@Node, color:@Color};\n@Color = e:int32{RED};\n@FILE;\n',
    );
    expect(registry.add(build(registry)).names()).toEqual(['Node', 'Color', 'FILE']);
  });

  it('must not be made of names of another registry', () => {
    const [one, other] = [createRegistry().define('@A = int'), createRegistry().define('@A = int; @B = {@A}')];
    for (const type of [
      other.reference('A'),
      c.pointer(other.reference('B')),
      other.lookup('B'),
      parseType('(@A) -> int', { registry: other }),
    ]) {
      expect(errorOf(() => one.add(new Map([['C', type]]))).code).toBe('ERR_TYPE');
    }
    expect(errorOf(() => one.add(new Map([['C', c.named('A', { type: int })]]))).code).toBe('ERR_TYPE');
    expect(one.print()).toBe('@A = int32;\n');
  });

  it.each<readonly [ErrorCode, (registry: Registry) => readonly (readonly [string, c.CType | null])[]]>([
    [
      'ERR_REDEFINED',
      () => [
        ['New', int],
        ['Old', c.DOUBLE],
      ],
    ],
    ['ERR_RECURSIVE', (registry) => [['A', c.struct([c.member('a', registry.reference('A'))])]]],
    [
      'ERR_SYNTAX',
      () => [
        ['New', int],
        ['a b', int],
      ],
    ],
    ['ERR_SYNTAX', () => [['', null]]],
    ['ERR_SYNTAX', () => [['A::', null]]],
    ['ERR_DEPTH', () => [['A', deep(300)]]],
  ])('are refused with %s as a whole', (code, make) => {
    const registry = createRegistry().define('@Old = int; @A;');
    const batch = new Map(make(registry));
    const before = registry.print();
    expect(errorOf(() => registry.add(batch)).code).toBe(code);
    expect(registry.print()).toBe(before);
  });

  it('may share their parts', () => {
    let type: c.CType = int;
    for (let depth = 0; depth < 60; depth++) type = c.struct([c.member('a', type), c.member('b', type)]);
    expect(
      createRegistry()
        .add(new Map([['A', type]]))
        .lookup('A'),
    ).toBe(type);
  });

  it('need a name to be referred to', () => {
    expect(errorOf(() => createRegistry().reference('no name')).code).toBe('ERR_SYNTAX');
  });

  function deep(depth: number): c.CType {
    let type: c.CType = int;
    for (let index = 0; index < depth; index++) type = c.pointer(type);
    return type;
  }
});
