import type { LineFill } from "../memory/bus.ts";
import { LINE_ENTRY_SHIFT, LINE_OFFSET, type LineTableLayout } from "../memory/line-table.ts";
import { PAGE_BITS } from "../memory/memory-map.ts";
import { FLASH_PATH } from "../memory/m4-memory.ts";
import { FLASH_DATA, FLASH_READS, RAM_DATA } from "../memory/model-area.ts";
import { PATH_BITS, PATH_SHIFT } from "./assist-cache.ts";
import { FlashArrayEmitter } from "./flash-array-emitter.ts";
import { LineStoreEmitter } from "./line-store-emitter.ts";
import { BY_HOST, type LineAccess } from "./line-access.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** The flash that the assist reads, whose state is at `FLASH_DATA`, and the tables of lines; it opens lines for reads. */
export type FlashReads = Extract<LineFill, { kind: "flash" }> & {
  readonly read: LineTableLayout;
  readonly write: LineTableLayout;
};

/** What stands in the table of lines for none. */
const NO_LINE = -1;

/** One access to a page of flash behind the buffers of a data bus, as `FlashDataPort.read` and `M4Data.openLine`. */
export class FlashReadAssist {
  readonly #body: FunctionBody;
  readonly #flash: FlashReads;
  readonly #access: LineAccess;
  readonly #array: FlashArrayEmitter;
  readonly #buffered: LineStoreEmitter;
  /** Number of the read of the array that has the word. */
  readonly #read: number;

  constructor(body: FunctionBody, flash: FlashReads, access: LineAccess) {
    this.#body = body;
    this.#flash = flash;
    this.#access = access;
    this.#array = new FlashArrayEmitter(body, FLASH_DATA);
    this.#buffered = new LineStoreEmitter(body, FLASH_DATA, flash);
    this.#read = body.local("i32");
  }

  /** Leaves the stall on the stack. */
  emit(): void {
    const body = this.#body;
    const { readShift, ways } = this.#flash;
    const { address, entry, now, write, answer } = this.#access;
    const stall = body.local("f64");
    const path = body.local("i32");
    body.get(entry).i32(PATH_BITS).op("i32.and").i32(PATH_SHIFT).op("i32.shr_u").tee(path);
    body.i32(FLASH_PATH).op("i32.gt_u").begin("if");
    this.#accessRam(path);
    body.end();
    if (write) {
      body.i32(BY_HOST);
      return;
    }
    const answerIf = (value: number): void => {
      body.begin("if").i32(value);
      answer();
      body.end();
    };
    body.get(path).op("i32.eqz");
    answerIf(BY_HOST);
    this.#mode(FLASH_READS.known).op("i32.eqz");
    answerIf(BY_HOST);
    this.#mode(FLASH_READS.free);
    answerIf(0);
    body
      .get(address)
      .get(entry)
      .i32(-1 << PAGE_BITS)
      .op("i32.and", "i32.add")
      .i32(readShift)
      .op("i32.shr_u")
      .set(this.#read);
    if (ways > 0) {
      this.#mode(FLASH_READS.cached).begin("if");
      this.#buffered.has(this.#read).begin("if");
      this.#open();
      body.i32(0);
      answer();
      body.end().end();
    }
    this.#array.read(now);
    body.get(this.#array.end).get(now).op("f64.sub");
    body.f64(1 + this.#flash.hidden).op("f64.sub");
    body.f64(0).op("f64.max").tee(stall);
    body.get(stall).op("f64.floor", "f64.ne");
    answerIf(BY_HOST);
    this.#array.begin();
    body.i32(0);
    this.#time(FLASH_DATA.misses).f64(1).op("f64.add").memory("f64.store", FLASH_DATA.misses);
    if (ways > 0) {
      this.#mode(FLASH_READS.cached).begin("if");
      this.#buffered.add(this.#read, (line) => this.#close(line));
      this.#open();
      body.end();
    }
    body.get(stall).op("i32.trunc_f64_s");
  }

  #mode(bit: number): FunctionBody {
    return this.#body.i32(0).memory("i32.load", FLASH_DATA.mode).i32(bit).op("i32.and");
  }
  #time(offset: number): FunctionBody {
    return this.#body.i32(0).memory("f64.load", offset);
  }
  /** Answers the stall of an access to RAM with wait states, as `M4Data.read` and `write`. */
  #accessRam(path: number): void {
    const body = this.#body;
    const { now, write, answer } = this.#access;
    const [beat, waits] = [body.local("i32"), body.local("i32")];
    const [at, stall] = [body.local("f64"), body.local("f64")];
    body.get(path).i32(FLASH_PATH).op("i32.sub").set(waits);
    body.i32(0).memory("i32.load", RAM_DATA.beat).i32(1).op("i32.add").i32(0);
    this.#time(RAM_DATA.continues).get(now).op("f64.eq", "select").set(beat);
    body.i32(0).get(beat).memory("i32.store", RAM_DATA.beat);
    body.get(now).get(beat).op("f64.convert_i32_s", "f64.add").set(at);
    // A store or a load alike waits for the store that is on its way.
    this.#time(RAM_DATA.storeDone).get(at).op("f64.sub").f64(0).op("f64.max").set(stall);
    if (write) {
      body.i32(0);
      body.get(at).get(stall).op("f64.add").get(waits).i32(1).op("i32.add", "f64.convert_i32_s", "f64.add");
      body.memory("f64.store", RAM_DATA.storeDone);
    } else body.get(stall).get(waits).op("f64.convert_i32_s", "f64.add").set(stall);
    body.i32(0).get(now).get(stall).op("f64.add").memory("f64.store", RAM_DATA.continues);
    body.get(stall).op("i32.trunc_f64_s");
    answer();
  }

  /** Reads of the sector are free from now on. */
  #open(): void {
    const body = this.#body;
    const { address, entry } = this.#access;
    const { base, shift } = this.#flash.read;
    this.#entryOf(() => body.get(this.#read));
    body
      .get(address)
      .i32(-1 << shift)
      .op("i32.and")
      .memory("i32.store", base);
    this.#entryOf(() => body.get(this.#read));
    body
      .get(entry)
      .i32(-1 << PAGE_BITS)
      .op("i32.and")
      .memory("i32.store", base + LINE_OFFSET);
  }

  /** Whatever stands where the sectors of the line that goes would: guest and host agree in those bits of an address. */
  #close(line: number): void {
    const body = this.#body;
    const { sectorShift, read } = this.#flash;
    for (let sector = 0; sector < 1 << sectorShift; sector++) {
      this.#entryOf(() => body.get(line).i32(sectorShift).op("i32.shl").i32(sector).op("i32.or"));
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
