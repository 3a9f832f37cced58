import { LAYOUT } from "../core/layout.ts";
import type { LineFill } from "../memory/bus.ts";
import { BEATS } from "../memory/bus-path.ts";
import { LINE_SHIFT, WAY } from "../memory/cache.ts";
import { LINE_ENTRY_SHIFT, LINE_OFFSET, type LineTableLayout } from "../memory/line-table.ts";
import { PAGE_BITS } from "../memory/memory-map.ts";
import { M7_DATA, PATH_KIND } from "../memory/model-area.ts";
import { SLOW } from "../memory/page-table.ts";
import { CacheEmitter } from "./cache-emitter.ts";
import { FillEmitter } from "./fill-emitter.ts";
import { PathEmitter } from "./path-emitter.ts";
import { BY_HOST, type LineAccess } from "./line-access.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** The D-cache that the assist works on, whose state is at `M7_DATA`, and the tables of lines that it opens. */
export type CacheGeometry = Extract<LineFill, { kind: "cache" }> & {
  readonly read: LineTableLayout;
  readonly write: LineTableLayout;
};

/** Bits of the page entry that hold the path's number, and where they begin. */
export const PATH_BITS = 0x7e;
export const PATH_SHIFT = 1;

/** One access to a page of memory behind AXIM, as `M7Data.read`, `write` and `openLine` do for a page with a path (`M7PathNumbers`). */
export class LineAssist {
  readonly #body: FunctionBody;
  readonly #geometry: CacheGeometry;
  readonly #access: LineAccess;
  readonly #path: PathEmitter;
  readonly #cache: CacheEmitter;
  readonly #fills: FillEmitter;
  readonly #start: number;
  readonly #stall: number;

  constructor(body: FunctionBody, geometry: CacheGeometry, access: LineAccess) {
    this.#body = body;
    this.#geometry = geometry;
    this.#access = access;
    this.#path = new PathEmitter(body, M7_DATA.paths);
    this.#cache = new CacheEmitter(body, { ...M7_DATA, ...geometry });
    const { buffers } = geometry;
    this.#fills = new FillEmitter(body, { ...M7_DATA.fills, buffers }, this.#path);
    this.#stall = body.local("i32");
    this.#start = body.local("f64");
  }

  /** Leaves the stall on the stack. */
  emit(): void {
    const body = this.#body;
    const path = this.#path;
    const { address, entry, write } = this.#access;
    body.get(entry).i32(PATH_BITS).op("i32.and");
    path.choose(PATH_SHIFT);
    path.kind(PATH_KIND.valid);
    this.#hostUnless();
    body.get(address);
    this.#cache.choose();
    path.kind(PATH_KIND.lookUp).begin("if");
    this.#cache.find(() => this.#hit());
    body.end();
    path
      .kind(write ? PATH_KIND.writeAllocate : PATH_KIND.cached)
      .op("i32.eqz")
      .begin("if");
    if (write) this.#store();
    else this.#readPastCache();
    body.end();
    this.#miss();
  }

  /** Answers `BY_HOST` unless what is on the stack is true. */
  #hostUnless(): void {
    this.#body.op("i32.eqz").begin("if").i32(BY_HOST);
    this.#access.answer();
    this.#body.end();
  }
  #time(offset: number): FunctionBody {
    return this.#body.i32(0).memory("f64.load", offset);
  }

  /** The line is in the cache; some of it may still be on its way. */
  #hit(): void {
    const body = this.#body;
    const cache = this.#cache;
    const { address, now, write, answer } = this.#access;
    if (write) {
      cache.flags(WAY.writeBack).op("i32.eqz").begin("if");
      this.#store();
      body.end();
      cache.setFlags(() => cache.flags(-1).i32(WAY.dirty).op("i32.or"));
    }
    this.#fills.find(cache.line, address, (done, arrival) => {
      done();
      body.get(now).op("f64.gt").begin("if");
      if (write) body.i32(0);
      else {
        arrival();
        body.get(now).op("f64.sub").f64(0).op("f64.max", "i32.trunc_f64_s");
      }
      answer();
      body.end();
    });
    this.#open();
    body.i32(0);
    answer();
  }

  /** Answers the stall of a write that goes to the memory, as `StoreBuffer.push`. */
  #store(): void {
    const body = this.#body;
    const { stores } = this.#geometry;
    const { now, answer } = this.#access;
    const next = body.local("i32");
    const start = this.#start;
    const doneAt = (place: () => void): FunctionBody => {
      place();
      return body.i32(3).op("i32.shl");
    };
    body.i32(0).memory("i32.load", M7_DATA.nextStore).set(next);
    const isNext = (): void => void body.get(next);
    const isPrevious = (): void =>
      void body
        .get(next)
        .i32(stores - 1)
        .op("i32.add")
        .i32(stores)
        .op("i32.rem_u");
    doneAt(isNext).memory("f64.load", M7_DATA.storesDone).get(now).op("f64.max").set(start);
    doneAt(isNext).get(start);
    doneAt(isPrevious).memory("f64.load", M7_DATA.storesDone).op("f64.max");
    this.#path.cost("write").op("f64.add").memory("f64.store", M7_DATA.storesDone);
    body.i32(0).get(next).i32(1).op("i32.add").i32(stores).op("i32.rem_u");
    body.memory("i32.store", M7_DATA.nextStore);
    body.get(start).get(now).op("f64.sub", "i32.trunc_f64_s");
    answer();
  }

  /** Answers the stall of a read that no cache keeps. */
  #readPastCache(): void {
    const body = this.#body;
    const path = this.#path;
    const start = this.#start;
    const { now, answer } = this.#access;
    body.get(now).set(start);
    path.kind(PATH_KIND.array).begin("if");
    body.get(now);
    this.#time(M7_DATA.arrayFree).op("f64.max").set(start);
    body.i32(0).get(start);
    path.cost("arrayRead").op("f64.add").memory("f64.store", M7_DATA.arrayFree);
    body.end();
    body.get(start);
    path.cost("first").op("f64.add").get(now).op("f64.sub", "i32.trunc_f64_s");
    answer();
  }

  /** Enters the line in its table. */
  #open(): void {
    const body = this.#body;
    const { address, entry, write } = this.#access;
    const { base, entries, shift } = this.#geometry[write ? "write" : "read"];
    const at = (): FunctionBody =>
      body
        .get(address)
        .i32(shift - LINE_ENTRY_SHIFT)
        .op("i32.shr_u")
        .i32((entries - 1) << LINE_ENTRY_SHIFT)
        .op("i32.and");
    at()
      .get(address)
      .i32(-1 << shift)
      .op("i32.and")
      .memory("i32.store", base);
    at()
      .get(entry)
      .i32(-1 << PAGE_BITS)
      .op("i32.and")
      .memory("i32.store", base + LINE_OFFSET);
  }

  #miss(): void {
    const body = this.#body;
    const cache = this.#cache;
    const { address, now, write } = this.#access;
    const random = cache.chooseVictim();
    this.#fills.chooseBuffer();
    // A write waits for a buffer, a read for its word.
    if (write) {
      this.#fills.freeAt().get(now).op("f64.max").tee(this.#start).get(now);
      body.op("f64.sub", "i32.trunc_f64_s").set(this.#stall);
    } else body.get(now).set(this.#start);
    this.#evict();
    cache.keepRandom(random);
    body.i32(0);
    this.#time(M7_DATA.misses).f64(1).op("f64.add").memory("f64.store", M7_DATA.misses);
    cache.setLine();
    cache.setFlags(() => {
      body.i32(write ? WAY.valid | WAY.dirty : WAY.valid);
      body.i32(WAY.writeBack).i32(0);
      this.#path.kind(PATH_KIND.writeBack);
      body.op("select", "i32.or");
    });
    body.get(this.#start);
    this.#fills.fill(cache.line, address);
    if (write) body.get(this.#stall);
    else body.get(this.#fills.first).get(now).op("f64.sub", "i32.trunc_f64_s");
  }

  /** What the victim held goes out of the tables, and to its memory if it is dirty. */
  #evict(): void {
    const body = this.#body;
    const cache = this.#cache;
    const old = body.local("i32");
    const oldPath = new PathEmitter(body, M7_DATA.paths);
    cache.flags(WAY.valid).begin("if");
    cache.lineOfWay().set(old);
    cache.flags(WAY.dirty).begin("if");
    const lineToPage = PAGE_BITS - LINE_SHIFT;
    body.get(old).i32(lineToPage).op("i32.shr_u").i32(2).op("i32.shl").memory("i32.load", LAYOUT.readTable);
    body.tee(oldPath.offset).i32(SLOW).op("i32.and");
    this.#hostUnless();
    body.get(oldPath.offset).i32(PATH_BITS).op("i32.and");
    oldPath.choose(PATH_SHIFT);
    oldPath.kind(PATH_KIND.valid);
    this.#hostUnless();
    body.get(this.#start);
    this.#time(M7_DATA.evictionDone).op("f64.max").set(this.#start);
    body.i32(0).get(this.#start);
    oldPath.cost("write").op("f64.add");
    oldPath
      .cost("beat")
      .f64(BEATS - 1)
      .op("f64.mul", "f64.add")
      .memory("f64.store", M7_DATA.evictionDone);
    this.#close(old, this.#geometry.write); // writes are free of dirty lines alone
    body.end();
    this.#close(old, this.#geometry.read);
    body.end();
  }

  /** Takes the line out of a table. */
  #close(line: number, { base, entries, shift }: LineTableLayout): void {
    const body = this.#body;
    const at = (): FunctionBody =>
      body
        .get(line)
        .i32(entries - 1)
        .op("i32.and")
        .i32(LINE_ENTRY_SHIFT)
        .op("i32.shl");
    at().memory("i32.load", base).get(line).i32(shift).op("i32.shl", "i32.eq").begin("if");
    at().i32(-1).memory("i32.store", base).end();
  }
}
