import type { LineFill } from "../memory/bus.ts";
import { LINE_ENTRY_SHIFT, LINE_OFFSET, type LineTableLayout } from "../memory/line-table.ts";
import { PAGE_BITS } from "../memory/memory-map.ts";
import { FLASH_PATH } from "../memory/m4-memory.ts";
import { FLASH_DATA, FLASH_READS, RAM_DATA } from "../memory/model-area.ts";
import { PATH_BITS, PATH_SHIFT } from "./assist-cache.ts";
import { BY_HOST } from "./path-emitter.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** The flash that the assist reads, whose state is at `FLASH_DATA`, and the tables of lines; it opens lines for reads. */
export type FlashReads = Extract<LineFill, { kind: "flash" }> & {
  readonly read: LineTableLayout;
  readonly write: LineTableLayout;
};

const [ADDRESS, ENTRY, NOW, WRITE] = [0, 1, 2, 3];
/** Slot of a line that is not there. */
const ABSENT = -1;
/** What stands in the table of lines for none. */
const NO_LINE = -1;

/**
 * One access to a page of flash behind the buffers of a data bus: address, entry of the page table, cycle, whether it
 * writes → its stall, or `BY_HOST` with nothing changed. As `FlashDataPort.read` and `M4Data.openLine`.
 */
export class FlashReadAssist {
  readonly #body: FunctionBody;
  readonly #flash: FlashReads;
  /** Number of the read of the array that has the word: of its line, and of the sector in that. */
  readonly #read: number;
  readonly #line: number;
  readonly #slot: number;
  /** Cycle at which the array is done. */
  readonly #end: number;

  constructor(body: FunctionBody, flash: FlashReads) {
    this.#body = body;
    this.#flash = flash;
    this.#read = body.local("i32");
    this.#line = body.local("i32");
    this.#slot = body.local("i32");
    this.#end = body.local("f64");
  }

  emit(): void {
    const body = this.#body;
    const { readShift, sectorShift, ways } = this.#flash;
    const stall = body.local("f64");
    const path = body.local("i32");
    body.get(ENTRY).i32(PATH_BITS).op("i32.and").i32(PATH_SHIFT).op("i32.shr_u").tee(path);
    body.i32(FLASH_PATH).op("i32.gt_u").begin("if");
    this.#accessRam(path);
    body.end();
    body.get(WRITE).get(path).op("i32.eqz", "i32.or");
    body.begin("if").i32(BY_HOST).op("return").end();
    this.#mode(FLASH_READS.known).op("i32.eqz").begin("if").i32(BY_HOST).op("return").end();
    this.#mode(FLASH_READS.free).begin("if").i32(0).op("return").end();
    body
      .get(ADDRESS)
      .get(ENTRY)
      .i32(-1 << PAGE_BITS)
      .op("i32.and", "i32.add")
      .i32(readShift)
      .op("i32.shr_u")
      .tee(this.#read);
    body.i32(sectorShift).op("i32.shr_u").set(this.#line);
    if (ways > 0) this.#lookUp();
    this.#readArray();
    body.get(this.#end).get(NOW).op("f64.sub");
    body.f64(1 + this.#flash.hidden).op("f64.sub");
    body.f64(0).op("f64.max").tee(stall);
    body.get(stall).op("f64.floor", "f64.ne").begin("if").i32(BY_HOST).op("return").end();
    body.i32(0).get(this.#end).memory("f64.store", FLASH_DATA.freeAt);
    body.i32(0);
    this.#time(FLASH_DATA.misses).f64(1).op("f64.add").memory("f64.store", FLASH_DATA.misses);
    if (ways > 0) this.#enter();
    body.get(stall).op("i32.trunc_f64_s");
  }

  #mode(bit: number): FunctionBody {
    return this.#body.i32(0).memory("i32.load", FLASH_DATA.mode).i32(bit).op("i32.and");
  }
  #time(offset: number): FunctionBody {
    return this.#body.i32(0).memory("f64.load", offset);
  }
  #sectorBit(): FunctionBody {
    const last = (1 << this.#flash.sectorShift) - 1;
    return this.#body.i32(1).get(this.#read).i32(last).op("i32.and", "i32.shl");
  }

  /** Returns the stall of an access to RAM with wait states, as `M4Data.read` and `write`. */
  #accessRam(path: number): void {
    const body = this.#body;
    const [beat, waits] = [body.local("i32"), body.local("i32")];
    const [at, stall] = [body.local("f64"), body.local("f64")];
    body.get(path).i32(FLASH_PATH).op("i32.sub").set(waits);
    body.i32(0).memory("i32.load", RAM_DATA.beat).i32(1).op("i32.add").i32(0);
    this.#time(RAM_DATA.continues).get(NOW).op("f64.eq", "select").set(beat);
    body.i32(0).get(beat).memory("i32.store", RAM_DATA.beat);
    body.get(NOW).get(beat).op("f64.convert_i32_s", "f64.add").set(at);
    // A store or a load alike waits for the store that is on its way.
    this.#time(RAM_DATA.storeDone).get(at).op("f64.sub").f64(0).op("f64.max").set(stall);
    body.get(WRITE).begin("if");
    body.i32(0);
    body.get(at).get(stall).op("f64.add").get(waits).i32(1).op("i32.add", "f64.convert_i32_s", "f64.add");
    body.memory("f64.store", RAM_DATA.storeDone);
    body.else();
    body.get(stall).get(waits).op("f64.convert_i32_s", "f64.add").set(stall);
    body.end();
    body.i32(0).get(NOW).get(stall).op("f64.add").memory("f64.store", RAM_DATA.continues);
    body.get(stall).op("i32.trunc_f64_s", "return");
  }

  /** Finds the slot of the line; returns if the word is there. */
  #lookUp(): void {
    const body = this.#body;
    const { sets, ways } = this.#flash;
    const first = body.local("i32");
    body.i32(ABSENT).set(this.#slot);
    this.#mode(FLASH_READS.cached).begin("if");
    body.begin("block");
    const found = body.depth;
    body.get(this.#line).i32(sets).op("i32.rem_u").i32(ways).op("i32.mul").set(first);
    for (let way = 0; way < ways; way++) {
      body.get(first).i32(2).op("i32.shl");
      body
        .memory("i32.load", FLASH_DATA.lines + 4 * way)
        .get(this.#line)
        .op("i32.eq")
        .begin("if");
      body.get(first).i32(way).op("i32.add").set(this.#slot).branch("br", found).end();
    }
    body.end();
    body.get(this.#slot).i32(ABSENT).op("i32.ne").begin("if");
    body.get(this.#slot).memory("i32.load8_u", FLASH_DATA.sectors);
    this.#sectorBit().op("i32.and").begin("if");
    this.#open();
    body.i32(0).op("return").end().end().end();
  }

  /** Sets `end` as `FlashArray.read` does. */
  #readArray(): void {
    const body = this.#body;
    const start = body.local("f64");
    body.get(NOW);
    this.#time(FLASH_DATA.freeAt).op("f64.max");
    this.#time(FLASH_DATA.busyUntil).op("f64.max").set(start);
    this.#time(FLASH_DATA.step).f64(1).op("f64.ne").begin("if");
    body.get(start);
    this.#time(FLASH_DATA.step).op("f64.div", "f64.ceil");
    this.#time(FLASH_DATA.step).op("f64.mul").set(start);
    body.end();
    body.get(start);
    this.#time(FLASH_DATA.readCycles).op("f64.add").set(this.#end);
  }

  /** Puts what was read into the buffers, as `LineStore.add` does. */
  #enter(): void {
    const body = this.#body;
    const { sets, ways } = this.#flash;
    const [set, way] = [body.local("i32"), body.local("i32")];
    this.#mode(FLASH_READS.cached).begin("if");
    body.get(this.#slot).i32(ABSENT).op("i32.eq").begin("if");
    body.get(this.#line).i32(sets).op("i32.rem_u").tee(set);
    body.i32(1).op("i32.shl").memory("i32.load16_u", FLASH_DATA.oldest).set(way);
    body.get(set).i32(ways).op("i32.mul").get(way).op("i32.add").set(this.#slot);
    body.get(set).i32(1).op("i32.shl");
    body.get(way).i32(1).op("i32.add").i32(ways).op("i32.rem_u").memory("i32.store16", FLASH_DATA.oldest);
    this.#close();
    body.get(this.#slot).i32(2).op("i32.shl").get(this.#line).memory("i32.store", FLASH_DATA.lines);
    body.get(this.#slot).i32(0).memory("i32.store8", FLASH_DATA.sectors).end();
    body.get(this.#slot).get(this.#slot).memory("i32.load8_u", FLASH_DATA.sectors);
    this.#sectorBit().op("i32.or").memory("i32.store8", FLASH_DATA.sectors);
    this.#open();
    body.end();
  }

  /** Reads of the sector are free from now on. */
  #open(): void {
    const body = this.#body;
    const { base, shift } = this.#flash.read;
    this.#entryOf(() => body.get(this.#read));
    body
      .get(ADDRESS)
      .i32(-1 << shift)
      .op("i32.and")
      .memory("i32.store", base);
    this.#entryOf(() => body.get(this.#read));
    body
      .get(ENTRY)
      .i32(-1 << PAGE_BITS)
      .op("i32.and")
      .memory("i32.store", base + LINE_OFFSET);
  }

  /** Whatever stands where the sectors of the line that goes would: guest and host agree in those bits of an address. */
  #close(): void {
    const body = this.#body;
    const { sectorShift, read } = this.#flash;
    const old = body.local("i32");
    body.get(this.#slot).i32(2).op("i32.shl").memory("i32.load", FLASH_DATA.lines);
    body.i32(sectorShift).op("i32.shl").set(old);
    for (let sector = 0; sector < 1 << sectorShift; sector++) {
      this.#entryOf(() => body.get(old).i32(sector).op("i32.or"));
      body.i32(NO_LINE).memory("i32.store", read.base);
    }
  }

  /** Leaves the byte offset of the table's entry for a read of the array. */
  #entryOf(read: () => void): void {
    read();
    this.#body
      .i32(this.#flash.read.entries - 1)
      .op("i32.and")
      .i32(LINE_ENTRY_SHIFT)
      .op("i32.shl");
  }
}
