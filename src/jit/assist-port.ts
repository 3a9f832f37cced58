import { PORT_KEYS, type PortFetch } from "../memory/flash-port.ts";
import { FLASH_FETCH, FLASH_FETCH_ROOM, FLASH_FETCHES } from "../memory/model-area.ts";
import { PATH, type FetchEmitter } from "./fetch-emitter.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** Asks for the line of an instruction in flash behind buffers, as `FlashFetchPort.fetch` on the words at `FLASH_FETCH`. */
export class PortFetchAssist {
  readonly #fetch: FetchEmitter;
  readonly #body: FunctionBody;
  readonly #port: PortFetch;
  /** Number of a read of the array; of the line that it is part of; the line's slot. */
  readonly #read: number;
  readonly #line: number;
  readonly #slot: number;
  /** 1 when a read is at hand. */
  readonly #has: number;
  readonly #stall: number;
  /** When the words have come. */
  readonly #taken: number;
  /** When the array is done. */
  readonly #end: number;

  constructor(fetch: FetchEmitter, port: PortFetch) {
    const { body } = fetch;
    this.#fetch = fetch;
    this.#body = body;
    this.#port = port;
    this.#read = body.local("i32");
    this.#line = body.local("i32");
    this.#slot = body.local("i32");
    this.#has = body.local("i32");
    this.#stall = body.local("f64");
    this.#taken = body.local("f64");
    this.#end = body.local("f64");
  }

  emit(): void {
    const body = this.#body;
    const fetch = this.#fetch;
    const [stall, taken, end] = [this.#stall, this.#taken, this.#end];
    this.#mode(FLASH_FETCHES.known);
    fetch.hostUnless();
    this.#mode(FLASH_FETCHES.free).begin("if");
    fetch.free();
    body.end();
    body.get(PATH).i32(-1).op("i32.xor").set(this.#read);
    this.#find();
    body.get(this.#has).begin("if");
    this.#mode(FLASH_FETCHES.cached).begin("if");
    const key = this.#keyOf(() => body.get(this.#read));
    fetch.seen(key);
    body.end();
    fetch.free();
    body.end();
    body.get(this.#read).i32(0).memory("i32.load", FLASH_FETCH.aheadRead).op("i32.eq").begin("if");
    this.#time(FLASH_FETCH.aheadDone).get(fetch.now).op("f64.sub").f64(1).op("f64.sub").f64(0);
    body.op("f64.max").set(stall);
    fetch.hostUnlessWhole(() => body.get(stall));
    this.#time(FLASH_FETCH.aheadDone)
      .get(fetch.now)
      .f64(this.#port.ahead)
      .op("f64.sub", "f64.max")
      .set(taken);
    body.else();
    this.#readArray(fetch.now);
    body.get(end).get(fetch.now).op("f64.sub").f64(1).op("f64.sub").set(stall);
    fetch.hostUnlessWhole(() => body.get(stall));
    body.i32(0).get(end).memory("f64.store", this.#port.freeAt);
    body.i32(0);
    this.#time(FLASH_FETCH.misses).f64(1).op("f64.add").memory("f64.store", FLASH_FETCH.misses);
    body.get(fetch.now).get(stall).op("f64.add").set(taken);
    body.end();
    this.#add();
    this.#readAhead();
    fetch.charge(stall);
  }

  #mode(bit: number): FunctionBody {
    return this.#body.i32(0).memory("i32.load", FLASH_FETCH.mode).i32(bit).op("i32.and");
  }
  #time(offset: number): FunctionBody {
    return this.#body.i32(0).memory("f64.load", offset);
  }
  #sectorBit(): FunctionBody {
    const last = (1 << this.#port.sectorShift) - 1;
    return this.#body.i32(1).get(this.#read).i32(last).op("i32.and", "i32.shl");
  }
  /** A local with the key of the read that `emitRead` leaves, see `FlashFetchPort.presentKey`. */
  #keyOf(emitRead: () => FunctionBody): number {
    const key = this.#body.local("i32");
    emitRead().i32(PORT_KEYS).op("i32.or").set(key);
    return key;
  }

  /** Sets `has`, and with the cache `line` and `slot`, which is -1 when the line is not there. */
  #find(): void {
    const body = this.#body;
    const { ways, sectorShift } = this.#port;
    body.i32(0).set(this.#has);
    this.#mode(FLASH_FETCHES.cached).begin("if");
    body.get(this.#read).i32(sectorShift).op("i32.shr_u").set(this.#line);
    body.i32(-1).set(this.#slot);
    if (ways > 0) this.#findSlot();
    body.get(this.#slot).i32(0).op("i32.ge_s").begin("if");
    body.get(this.#slot).memory("i32.load8_u", FLASH_FETCH.sectors);
    this.#sectorBit().op("i32.and").i32(0).op("i32.ne").set(this.#has);
    body.end();
    body.else();
    body.i32(0).memory("i32.load", FLASH_FETCH.current).get(this.#read).op("i32.eq").set(this.#has);
    body.end();
  }

  /** Where the line was found last, else in any way of its set. */
  #findSlot(): void {
    const body = this.#body;
    const { sets, ways } = this.#port;
    const [slot, end] = [body.local("i32"), body.local("i32")];
    const isThere = (): FunctionBody =>
      body.get(slot).i32(2).op("i32.shl").memory("i32.load", FLASH_FETCH.lines).get(this.#line).op("i32.eq");
    body.begin("block");
    const found = body.depth;
    this.#hint().memory("i32.load16_u", FLASH_FETCH.hints).set(slot);
    isThere().begin("if").get(slot).set(this.#slot).branch("br", found).end();
    body.get(this.#line).i32(sets).op("i32.rem_u").i32(ways).op("i32.mul").tee(slot);
    body.i32(ways).op("i32.add").set(end);
    body.begin("loop");
    const next = body.depth;
    isThere().begin("if");
    body.get(slot).set(this.#slot);
    this.#hint().get(slot).memory("i32.store16", FLASH_FETCH.hints);
    body.branch("br", found).end();
    body.get(slot).i32(1).op("i32.add").tee(slot).get(end).op("i32.lt_u").branch("br_if", next);
    body.end().end();
  }
  #hint(): FunctionBody {
    return this.#body
      .get(this.#line)
      .i32(FLASH_FETCH_ROOM.hints - 1)
      .op("i32.and")
      .i32(1)
      .op("i32.shl");
  }

  /** Sets `end` as `FlashArray.read` does. */
  #readArray(asked: number): void {
    const body = this.#body;
    const start = body.local("f64");
    body.get(asked);
    this.#time(this.#port.freeAt).op("f64.max");
    this.#time(FLASH_FETCH.busyUntil).op("f64.max").set(start);
    this.#time(FLASH_FETCH.step).f64(1).op("f64.ne").begin("if");
    body.get(start);
    this.#time(FLASH_FETCH.step).op("f64.div", "f64.ceil");
    this.#time(FLASH_FETCH.step).op("f64.mul").set(start);
    body.end();
    body.get(start);
    this.#time(FLASH_FETCH.readCycles).op("f64.add").set(this.#end);
  }

  /** Puts what was read into the buffers. */
  #add(): void {
    const body = this.#body;
    this.#mode(FLASH_FETCHES.cached).begin("if");
    if (this.#port.ways > 0) this.#addToLine();
    body.else();
    body.i32(0).memory("i32.load", FLASH_FETCH.current).i32(0).op("i32.ge_s").begin("if");
    this.#fetch.advanceEpoch();
    body.end();
    body.i32(0).get(this.#read).memory("i32.store", FLASH_FETCH.current);
    body.i32(0).i32(1).memory("i32.store8", FLASH_FETCH.currentSectors);
    body.end();
  }

  /** As `LineStore.add`. */
  #addToLine(): void {
    const body = this.#body;
    const { sets, ways } = this.#port;
    const [set, way] = [body.local("i32"), body.local("i32")];
    body.get(this.#slot).i32(0).op("i32.lt_s").begin("if");
    body.get(this.#line).i32(sets).op("i32.rem_u").tee(set);
    body.i32(1).op("i32.shl").memory("i32.load16_u", FLASH_FETCH.oldest).set(way);
    body.get(set).i32(ways).op("i32.mul").get(way).op("i32.add").set(this.#slot);
    body.get(set).i32(1).op("i32.shl");
    body.get(way).i32(1).op("i32.add").i32(ways).op("i32.rem_u").memory("i32.store16", FLASH_FETCH.oldest);
    this.#forgetVictim();
    body.get(this.#slot).i32(2).op("i32.shl").get(this.#line).memory("i32.store", FLASH_FETCH.lines);
    body.get(this.#slot).i32(0).memory("i32.store8", FLASH_FETCH.sectors);
    this.#hint().get(this.#slot).memory("i32.store16", FLASH_FETCH.hints);
    body.end();
    body.get(this.#slot).get(this.#slot).memory("i32.load8_u", FLASH_FETCH.sectors);
    this.#sectorBit().op("i32.or").memory("i32.store8", FLASH_FETCH.sectors);
  }

  /** The line in the slot goes. */
  #forgetVictim(): void {
    const body = this.#body;
    const { sectorShift } = this.#port;
    const old = body.local("i32");
    body.get(this.#slot).i32(2).op("i32.shl").memory("i32.load", FLASH_FETCH.lines).tee(old);
    body.i32(0).op("i32.ge_s").begin("if");
    for (let sector = 0; sector < 1 << sectorShift; sector++) {
      const key = this.#keyOf(() => body.get(old).i32(sectorShift).op("i32.shl").i32(sector).op("i32.or"));
      this.#fetch.gone(key);
    }
    this.#fetch.advanceEpoch();
    body.end();
  }

  /** Begins the next read if it is not at hand. */
  #readAhead(): void {
    const body = this.#body;
    body.i32(0).i32(-1).memory("i32.store", FLASH_FETCH.aheadRead);
    this.#mode(FLASH_FETCHES.prefetch).begin("if");
    body.get(this.#read).i32(1).op("i32.add").set(this.#read);
    this.#find();
    body.get(this.#has).op("i32.eqz").begin("if");
    this.#readArray(this.#taken);
    body.i32(0).get(this.#end).memory("f64.store", this.#port.freeAt);
    body.i32(0).get(this.#end).memory("f64.store", FLASH_FETCH.aheadDone);
    body.i32(0).get(this.#read).memory("i32.store", FLASH_FETCH.aheadRead);
    body.end().end();
  }
}
