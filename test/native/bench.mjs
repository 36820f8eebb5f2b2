// The native shim without the library on top of it: contexts, code and calls by hand, for scripted-run.mjs.
import { createRequire } from 'node:module';

export const check = (holds, what) => {
  if (!holds) throw new Error(`does not hold: ${what}`);
};

/** The addon's own exports, which an environment of its own has to itself. */
export class Bench {
  #handlers = [];
  #codes = new Map();
  #interfix;
  #library;
  settled = new Map();
  reports = [];

  constructor(interfix, addonPath, fixture) {
    const addon = createRequire(import.meta.url)(addonPath);
    const records = new DataView(addon.invocations);
    const header = new Int32Array(addon.invocations, 0, 4);
    this.#interfix = interfix;
    this.addon = addon;
    this.#library = addon.openLibrary(fixture);
    addon.onInvoke(() => {
      const [id, base] = header;
      if (id < 0) throw Object.assign(new Error('no room'), { code: 'ERR_CALLBACK' });
      try {
        this.#handlers[id](records, base);
      } catch {
        header[3] = 1;
      }
    });
    addon.onReport((id, kind, timeout) => this.reports.push([id, kind, timeout]));
    addon.onCall((ticket, errno) => this.settled.set(ticket, errno));
  }

  symbol(name) {
    const address = this.addon.symbol(this.#library, name);
    check(address !== 0n, name);
    return address;
  }

  #place(image, symbols) {
    const bytes = image.bytes.slice();
    const words = new DataView(bytes.buffer, bytes.byteOffset);
    for (const { name, offset } of image.symbols) words.setBigUint64(offset, symbols[name], true);
    const region = this.addon.reserve(this.addon.pageSize);
    if (region < 0) throw Object.assign(new Error('reserve'), { code: `errno ${-region}` });
    const errno = this.addon.write(region, 0, bytes);
    if (errno !== 0) {
      this.addon.release(region);
      throw Object.assign(new Error('write'), { code: `errno ${errno}` });
    }
    return { address: this.addon.regionAddress(region), free: () => this.addon.release(region) };
  }

  /** `mode`: 0 owner, 1 post, 2 block. */
  callback(text, handler, { mode = 0, limit = 1024, wait = 0, timeout = 0 } = {}) {
    const prepared = this.#interfix.prepare(this.#interfix.parseSignature(text), {
      abi: this.#interfix.hostAbi(),
      kind: 'reverse',
    });
    const { frame } = prepared;
    const fields = Uint32Array.from([frame.ret, ...frame.args].flatMap(({ offset, size }) => [offset, size]));
    const neighbour = () => check(false, 'nobody calls the first of the block');
    const id = this.#handlers.push(neighbour, (records, base) => handler(records, base, frame)) - 1;
    const { contextBytes, countsOffset, dispatcher } = this.addon;
    // The second of two, so that neither the block nor its records are mistaken for the context.
    const contexts = this.addon.createContexts(id - 1, 2, frame.size, fields, mode, limit, wait, timeout);
    try {
      const first = this.addon.contextsAddress(contexts);
      const symbols = { dispatcher, context: first + BigInt(contextBytes) };
      const counts = new BigUint64Array(this.addon.view(symbols.context + BigInt(countsOffset), 40));
      const code = this.#place(this.#interfix.generate(prepared), symbols);
      const close = () => this.addon.closeContext(contexts, 1);
      const free = () => {
        close();
        check(!this.addon.contextsBusy(contexts), 'nobody is inside');
        code.free();
        last = Array.from(counts, Number);
        this.addon.releaseContexts(contexts);
      };
      let last;
      return { address: code.address, free, close, stats: () => last ?? Array.from(counts, Number) };
    } catch (error) {
      this.addon.releaseContexts(contexts);
      throw error;
    }
  }

  /** One for all functions of a signature. */
  #forward(text) {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const prepared = this.#interfix.prepare(this.#interfix.parseSignature(text), {
      abi: this.#interfix.hostAbi(),
      kind: 'forward',
    });
    const code = this.#place(this.#interfix.generate(prepared), {});
    this.#codes.set(text, code);
    return code;
  }

  /** A call as callAsync and serveCall want it: values of 8 bytes, then the result, then the pointers. */
  call(name, text, values) {
    const code = this.#forward(text);
    const frame = new BigUint64Array(2 * values.length + 2);
    const base = this.addon.addressOf(new Uint8Array(frame.buffer));
    const at = (cell) => base + BigInt(8 * cell);
    frame.set(values.map((value) => BigInt.asUintN(64, value)));
    values.forEach((_, i) => {
      frame[values.length + 2 + i] = at(i);
    });
    const call = BigUint64Array.of(code.address, this.symbol(name), at(values.length), at(values.length + 2));
    return { call, frame, result: () => frame[values.length] };
  }

  serve(name, text, values) {
    const made = this.call(name, text, values);
    const errno = this.addon.serveCall(made.call);
    if (errno < 0) throw Object.assign(new Error('serveCall'), { code: `errno ${-errno}` });
    return { errno, result: made.result() };
  }
}
