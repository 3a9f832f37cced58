import { LAYOUT } from "../core/layout.ts";
import type { LineFill } from "../memory/bus.ts";
import { BEATS } from "../memory/bus-path.ts";
import { LFSR_TAPS, LINE_SHIFT, WAY } from "../memory/cache.ts";
import { LINE_ENTRY_SHIFT, LINE_OFFSET, type LineTableLayout } from "../memory/line-table.ts";
import { PAGE_BITS } from "../memory/memory-map.ts";
import { M7_DATA, M7_PATH, M7_PATH_SHIFT, PATH_KIND } from "../memory/model-area.ts";
import { SLOW } from "../memory/page-table.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** The D-cache that the assist works on, whose state is at `M7_DATA`, and the tables of lines that it opens. */
export type CacheGeometry = Extract<LineFill, { kind: "cache" }> & {
  readonly read: LineTableLayout;
  readonly write: LineTableLayout;
};

/** Answer of `line`: the access is the host's. */
export const BY_HOST = -1;
/** Bits of the page entry that hold the path's number, and what moves it to its byte offset. */
export const PATH_BITS = 0x7e;
const PATH_TO_OFFSET = M7_PATH_SHIFT - 1;
export const LINE_SIGNATURE = { params: ["i32", "i32", "f64", "i32"], results: ["i32"] } as const;

/**
 * One access to a page of cached memory: address, entry of the page table, cycle, whether it writes → its stall, or
 * `BY_HOST` with nothing changed. As `M7Data.read`, `write` and `openLine` do for a page with a path (`M7PathNumbers`).
 */
export class LineAssist {
  readonly #body: FunctionBody;
  readonly #cache: CacheGeometry;
  readonly #address = 0;
  readonly #entry = 1;
  readonly #now = 2;
  readonly #write = 3;
  readonly #path: number;
  readonly #line: number;
  readonly #first: number;
  readonly #way: number;
  readonly #start: number;
  readonly #stall: number;

  constructor(body: FunctionBody, cache: CacheGeometry) {
    this.#body = body;
    this.#cache = cache;
    [this.#path, this.#line, this.#first, this.#way, this.#stall] = [0, 0, 0, 0, 0].map(() =>
      body.local("i32"),
    ) as [number, number, number, number, number];
    this.#start = body.local("f64");
  }

  emit(): void {
    const body = this.#body;
    const { sets, ways } = this.#cache;
    body.get(this.#entry).i32(PATH_BITS).op("i32.and").i32(PATH_TO_OFFSET).op("i32.shl").set(this.#path);
    this.#kind(PATH_KIND.valid);
    this.#hostUnless();
    body.get(this.#address).i32(LINE_SHIFT).op("i32.shr_u").tee(this.#line);
    body.i32(sets - 1).op("i32.and");
    body.i32(ways).op("i32.mul").set(this.#first);
    for (let i = 0; i < ways; i++) {
      this.#lineAt(i);
      body.get(this.#line).op("i32.eq");
      this.#flagsAt(i, WAY.valid);
      body.op("i32.and").begin("if");
      body.get(this.#first).i32(i).op("i32.add").set(this.#way);
      this.#hit();
      body.end();
    }
    this.#miss();
  }

  #hostUnless(): void {
    this.#body.op("i32.eqz").begin("if").i32(BY_HOST).op("return").end();
  }
  #kind(bit: number): void {
    this.#body
      .get(this.#path)
      .memory("i32.load", M7_DATA.paths + M7_PATH.kind)
      .i32(bit)
      .op("i32.and");
  }
  #cost(field: "first" | "beat" | "half" | "write" | "arrayRead", path = this.#path): FunctionBody {
    return this.#body.get(path).memory("f64.load", M7_DATA.paths + M7_PATH[field]);
  }
  #time(offset: number): FunctionBody {
    return this.#body.i32(0).memory("f64.load", offset);
  }
  #lineAt(i: number): void {
    this.#body.get(this.#first).i32(2).op("i32.shl");
    this.#body.memory("i32.load", M7_DATA.lines + 4 * i);
  }
  #flagsAt(i: number, bit: number): void {
    this.#body.get(this.#first).memory("i32.load8_u", M7_DATA.flags + i);
    this.#body.i32(bit).op("i32.and");
    if (bit !== 1) this.#body.i32(0).op("i32.ne");
  }
  #flags(): FunctionBody {
    return this.#body.get(this.#way).memory("i32.load8_u", M7_DATA.flags);
  }
  #word(): FunctionBody {
    const word = LINE_SHIFT - Math.log2(BEATS);
    return this.#body
      .get(this.#address)
      .i32(word)
      .op("i32.shr_u")
      .i32(BEATS - 1)
      .op("i32.and");
  }

  /** The line is in the cache; some of it may still be on its way. */
  #hit(): void {
    const body = this.#body;
    body.get(this.#write).begin("if");
    this.#flags().i32(WAY.writeBack).op("i32.and");
    this.#hostUnless();
    body.get(this.#way);
    this.#flags().i32(WAY.dirty).op("i32.or").memory("i32.store8", M7_DATA.flags);
    body.end();
    body.begin("block");
    for (let buffer = 0; buffer < this.#cache.buffers; buffer++) {
      body
        .i32(0)
        .memory("i32.load", M7_DATA.fillLines + 4 * buffer)
        .get(this.#line)
        .op("i32.eq")
        .begin("if");
      this.#time(M7_DATA.done + 8 * buffer)
        .get(this.#now)
        .op("f64.gt")
        .begin("if");
      body.get(this.#write).begin("if").i32(0).op("return").end();
      this.#word()
        .i32(3)
        .op("i32.shl")
        .memory("f64.load", M7_DATA.arrivals + 8 * BEATS * buffer);
      body.get(this.#now).op("f64.sub").f64(0).op("f64.max", "i32.trunc_f64_s", "return");
      body.end();
      body.branch("br", body.depth - 1); // the first buffer with the line decides
      body.end();
    }
    body.end();
    this.#open();
    body.i32(0).op("return");
  }

  /** Enters the line in its table. */
  #open(): void {
    const body = this.#body;
    const { read, write } = this.#cache;
    const enter = ({ base, entries, shift }: LineTableLayout): void => {
      const at = (): FunctionBody =>
        body
          .get(this.#address)
          .i32(shift - LINE_ENTRY_SHIFT)
          .op("i32.shr_u")
          .i32((entries - 1) << LINE_ENTRY_SHIFT)
          .op("i32.and");
      at()
        .get(this.#address)
        .i32(-1 << shift)
        .op("i32.and")
        .memory("i32.store", base);
      at()
        .get(this.#entry)
        .i32(-1 << PAGE_BITS)
        .op("i32.and")
        .memory("i32.store", base + LINE_OFFSET);
    };
    body.get(this.#write).begin("if");
    enter(write);
    body.else();
    enter(read);
    body.end();
  }

  #miss(): void {
    const body = this.#body;
    body.get(this.#write).begin("if");
    this.#kind(PATH_KIND.writeAllocate);
    this.#hostUnless();
    body.end();
    const random = body.local("i32");
    this.#chooseVictim(random);
    const buffer = body.local("i32");
    this.#chooseBuffer(buffer);
    body.get(this.#now).set(this.#start);
    // A write waits for a buffer, a read for its word.
    body.get(this.#write).begin("if");
    body.get(buffer).i32(3).op("i32.shl").memory("f64.load", M7_DATA.done);
    body
      .get(this.#now)
      .op("f64.max")
      .tee(this.#start)
      .get(this.#now)
      .op("f64.sub", "i32.trunc_f64_s")
      .set(this.#stall);
    body.end();
    this.#evict();
    body.get(random).begin("if").i32(0).get(random).memory("i32.store", M7_DATA.random).end();
    body.i32(0);
    this.#time(M7_DATA.misses).f64(1).op("f64.add").memory("f64.store", M7_DATA.misses);
    body.get(this.#way).i32(2).op("i32.shl").get(this.#line).memory("i32.store", M7_DATA.lines);
    body.get(this.#way).i32(WAY.valid);
    body.i32(WAY.writeBack).i32(0);
    this.#kind(PATH_KIND.writeBack);
    body.op("select", "i32.or").i32(WAY.dirty).i32(0).get(this.#write).op("select", "i32.or");
    body.memory("i32.store8", M7_DATA.flags);
    this.#fill(buffer);
    body.get(this.#stall);
  }

  /** The lowest invalid way, else by the shift register; `random` is its new value, or 0 when it was not asked. */
  #chooseVictim(random: number): void {
    const body = this.#body;
    const { ways } = this.#cache;
    body.begin("block");
    const found = body.depth;
    for (let i = 0; i < ways; i++) {
      this.#flagsAt(i, WAY.valid);
      body.op("i32.eqz").begin("if");
      body.get(this.#first).i32(i).op("i32.add").set(this.#way);
      body.branch("br", found).end();
    }
    body.i32(0).memory("i32.load", M7_DATA.random).tee(random).i32(1).op("i32.shr_u");
    body.i32(LFSR_TAPS).i32(0).get(random).i32(1).op("i32.and", "select", "i32.xor").set(random);
    body.get(this.#first).get(random);
    body
      .i32(ways - 1)
      .op("i32.and", "i32.add")
      .set(this.#way);
    body.end();
  }

  /** The fill buffer that is free first. */
  #chooseBuffer(buffer: number): void {
    const body = this.#body;
    body.i32(0).set(buffer);
    for (let other = 1; other < this.#cache.buffers; other++) {
      this.#time(M7_DATA.done + 8 * other);
      body.get(buffer).i32(3).op("i32.shl").memory("f64.load", M7_DATA.done).op("f64.lt").begin("if");
      body.i32(other).set(buffer).end();
    }
  }

  /** What the victim held goes out of the tables, and to its memory if it is dirty. */
  #evict(): void {
    const body = this.#body;
    const old = body.local("i32");
    const oldPath = body.local("i32");
    this.#flags().i32(WAY.valid).op("i32.and").begin("if");
    body.get(this.#way).i32(2).op("i32.shl").memory("i32.load", M7_DATA.lines).set(old);
    this.#flags().i32(WAY.dirty).op("i32.and").begin("if");
    const lineToPage = PAGE_BITS - LINE_SHIFT;
    body.get(old).i32(lineToPage).op("i32.shr_u").i32(2).op("i32.shl").memory("i32.load", LAYOUT.readTable);
    body.tee(oldPath).i32(SLOW).op("i32.and");
    this.#hostUnless();
    body.get(oldPath).i32(PATH_BITS).op("i32.and").i32(PATH_TO_OFFSET).op("i32.shl").tee(oldPath);
    body
      .memory("i32.load", M7_DATA.paths + M7_PATH.kind)
      .i32(PATH_KIND.valid)
      .op("i32.and");
    this.#hostUnless();
    body.get(this.#start);
    this.#time(M7_DATA.evictionDone).op("f64.max").set(this.#start);
    body.i32(0).get(this.#start);
    this.#cost("write", oldPath).op("f64.add");
    this.#cost("beat", oldPath)
      .f64(BEATS - 1)
      .op("f64.mul", "f64.add")
      .memory("f64.store", M7_DATA.evictionDone);
    body.end();
    for (const { base, entries, shift } of [this.#cache.read, this.#cache.write]) {
      const at = (): FunctionBody =>
        body
          .get(old)
          .i32(entries - 1)
          .op("i32.and")
          .i32(LINE_ENTRY_SHIFT)
          .op("i32.shl");
      at().memory("i32.load", base).get(old).i32(shift).op("i32.shl", "i32.eq").begin("if");
      at().i32(-1).memory("i32.store", base).end();
    }
    body.end();
  }

  /** As `LineFills.begin`; sets the stall of a read. */
  #fill(buffer: number): void {
    const body = this.#body;
    const at = body.local("f64");
    const first = body.local("f64");
    const word = body.local("i32");
    const arrivals = body.local("i32");
    body.get(this.#start);
    body.get(buffer).i32(3).op("i32.shl").memory("f64.load", M7_DATA.done).op("f64.max").set(at);
    this.#kind(PATH_KIND.array);
    body.begin("if");
    body.get(at);
    this.#time(M7_DATA.arrayFree).op("f64.max").set(at);
    body.i32(0).get(at);
    this.#cost("arrayRead").op("f64.add");
    this.#cost("arrayRead").f64(0);
    this.#cost("half").f64(0).op("f64.gt", "select", "f64.add").memory("f64.store", M7_DATA.arrayFree);
    body.end();
    body.get(at);
    this.#cost("first").op("f64.add");
    this.#time(M7_DATA.channelFree);
    this.#cost("beat").op("f64.add", "f64.max").tee(at).set(first);
    this.#word().set(word);
    body
      .get(buffer)
      .i32(3 + Math.log2(BEATS))
      .op("i32.shl")
      .set(arrivals);
    for (let i = 0; i < BEATS; i++) {
      const at8 = (): FunctionBody =>
        body
          .get(arrivals)
          .get(word)
          .i32(i)
          .op("i32.add")
          .i32(BEATS - 1)
          .op("i32.and")
          .i32(3)
          .op("i32.shl", "i32.add");
      if (i > 0) {
        body.get(at);
        this.#cost("beat").op("f64.add").set(at);
        // In the other half of the line?
        body.get(word).i32(i).op("i32.add").get(word).op("i32.xor").i32(2).op("i32.and").begin("if");
        body.get(at).get(first);
        this.#cost("half").op("f64.add", "f64.max").set(at);
        body.end();
      }
      at8().get(at).memory("f64.store", M7_DATA.arrivals);
    }
    body.get(buffer).i32(2).op("i32.shl").get(this.#line).memory("i32.store", M7_DATA.fillLines);
    body.get(buffer).i32(3).op("i32.shl").get(at).memory("f64.store", M7_DATA.done);
    body.i32(0).get(at).memory("f64.store", M7_DATA.channelFree);
    body.get(this.#write).op("i32.eqz").begin("if");
    body.get(first).get(this.#now).op("f64.sub", "i32.trunc_f64_s").set(this.#stall);
    body.end();
  }
}
