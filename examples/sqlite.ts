// SQLite: handles, out parameters, prepared statements, text in and out, and a callback for each row.
import { callback, cstring, open, read } from '../src/index.ts';

const ROW = 100;
const DONE = 101;
/** SQLITE_TRANSIENT: SQLite copies the text before it returns, so ours may go. */
const TRANSIENT = 0xffffffffffffffffn;

const sqlite = open('libsqlite3.so.0');
const fn = sqlite.func;
type Handle = bigint;

const openDatabase = fn<(path: string, out: BigUint64Array) => number>('sqlite3_open', '(*char, **void) -> int');
const closeDatabase = fn<(db: Handle) => number>('sqlite3_close', '(*void) -> int');
const lastMessage = fn<(db: Handle) => bigint>('sqlite3_errmsg', '(*void) -> *char');
type Exec = (db: Handle, sql: string, each: { address: bigint } | null, data: null, message: null) => number;
const exec = fn<Exec>('sqlite3_exec', '(*void, *char, (*void, int, **char, **char) -> int, *void, **char) -> int');
type Prepare = (db: Handle, sql: string, bytes: number, out: BigUint64Array, tail: null) => number;
const prepareStatement = fn<Prepare>('sqlite3_prepare_v2', '(*void, *char, int, **void, **char) -> int');
const bindInt = fn<(at: Handle, index: number, n: bigint) => number>(
  'sqlite3_bind_int64',
  '(*void, int, int64) -> int',
);
const bindDouble = fn<(at: Handle, index: number, x: number) => number>(
  'sqlite3_bind_double',
  '(*void, int, double) -> int',
);
type BindText = (at: Handle, index: number, text: string, bytes: number, destructor: bigint) => number;
const bindText = fn<BindText>('sqlite3_bind_text', '(*void, int, *char, int, *void) -> int');
const step = fn<(at: Handle) => number>('sqlite3_step', '(*void) -> int');
const reset = fn<(at: Handle) => number>('sqlite3_reset', '(*void) -> int');
const finish = fn<(at: Handle) => number>('sqlite3_finalize', '(*void) -> int');
const columnInt = fn<(at: Handle, column: number) => bigint>('sqlite3_column_int64', '(*void, int) -> int64');
const columnDouble = fn<(at: Handle, column: number) => number>('sqlite3_column_double', '(*void, int) -> double');
const columnText = fn<(at: Handle, column: number) => bigint>('sqlite3_column_text', '(*void, int) -> *uint8');

/** What a function wrote through an out parameter that is a pointer to a pointer. */
function handleFrom(run: (out: BigUint64Array) => void): Handle {
  const out = new BigUint64Array(1);
  run(out);
  return out[0] ?? 0n;
}

const db = handleFrom((out) => openDatabase(':memory:', out));
const check = (status: number): void => {
  if (status !== 0 && status !== DONE) throw new Error(`SQLite: ${cstring(lastMessage(db))}`);
};
const run = (sql: string): void => check(exec(db, sql, null, null, null));
const prepare = (sql: string): Handle => handleFrom((out) => check(prepareStatement(db, sql, -1, out, null)));

run('create table measurement (id integer primary key, name text, value real)');

// A thousand rows through one prepared statement.
run('begin');
const insert = prepare('insert into measurement values (?, ?, ?)');
for (let id = 1; id <= 1000; id++) {
  check(bindInt(insert, 1, BigInt(id)));
  check(bindText(insert, 2, id % 2 === 0 ? `Größe ${id}` : `weight ${id}`, -1, TRANSIENT));
  check(bindDouble(insert, 3, id / 4));
  check(step(insert));
  check(reset(insert));
}
finish(insert);
run('commit');

// And back again.
const select = prepare('select id, name, value from measurement order by id');
let rows = 0;
let ids = 0n;
let values = 0;
let last = '';
while (step(select) === ROW) {
  rows++;
  ids += columnInt(select, 0);
  last = cstring(columnText(select, 1));
  values += columnDouble(select, 2);
}
finish(select);
console.log(`${rows} rows, ids ${ids}, values ${values}, last ${last}`);

// sqlite3_exec calls back for each row, with two arrays of C strings.
const texts = (array: bigint, count: number): string[] =>
  Array.from({ length: count }, (_, index) => cstring(read(array + BigInt(8 * index), '*char') as bigint));
const each = callback(
  '(*void, int, **char, **char) -> int',
  (_: bigint, count: number, columns: bigint, names: bigint) => {
    console.log(`${texts(names, count).join(' | ')}: ${texts(columns, count).join(' | ')}`);
    return 0; // anything else stops the query
  },
);
check(exec(db, 'select name, value from measurement where id in (2, 3)', each, null, null));
each.dispose();

// Errors are statuses; the words come from the connection.
try {
  run('insert into nowhere values (1)');
} catch (error) {
  console.log(String(error));
}
console.log(`closed with ${closeDatabase(db)}`);
sqlite.close();
