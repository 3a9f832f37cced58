import { PORT_KEYS, type PortFetch } from "../memory/flash-port.ts";
import { FLASH_FETCH, FLASH_FETCHES } from "../memory/model-area.ts";
import { PATH, type FetchEmitter } from "./fetch-emitter.ts";
import { FlashArrayEmitter } from "./flash-array-emitter.ts";
import { LineStoreEmitter } from "./line-store-emitter.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** Asks for the line of an instruction in flash behind buffers, as `FlashFetchPort.fetch` on the words at `FLASH_FETCH`. */
export class PortFetchAssist {
  readonly #fetch: FetchEmitter;
  readonly #body: FunctionBody;
  readonly #port: PortFetch;
  readonly #array: FlashArrayEmitter;
  readonly #buffered: LineStoreEmitter;
  /** Number of a read of the array. */
  readonly #read: number;
  /** A key of lines seen to be present, see `FlashFetchPort.presentKey`. */
  readonly #key: number;
  readonly #stall: number;
  /** When the words have come. */
  readonly #taken: number;

  constructor(fetch: FetchEmitter, port: PortFetch) {
    const { body } = fetch;
    this.#fetch = fetch;
    this.#body = body;
    this.#port = port;
    this.#array = new FlashArrayEmitter(body, { ...FLASH_FETCH, freeAt: port.freeAt });
    this.#buffered = new LineStoreEmitter(body, FLASH_FETCH, port);
    this.#read = body.local("i32");
    this.#key = body.local("i32");
    this.#stall = body.local("f64");
    this.#taken = body.local("f64");
  }

  emit(): void {
    const body = this.#body;
    const fetch = this.#fetch;
    const [stall, taken] = [this.#stall, this.#taken];
    this.#mode(FLASH_FETCHES.known);
    fetch.hostUnless();
    this.#mode(FLASH_FETCHES.free).begin("if");
    fetch.free();
    body.end();
    body.get(PATH).i32(-1).op("i32.xor").set(this.#read);
    this.#has().begin("if");
    this.#mode(FLASH_FETCHES.cached).begin("if");
    body.get(this.#read).i32(PORT_KEYS).op("i32.or").set(this.#key);
    fetch.seen(this.#key);
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
    this.#array.read(fetch.now);
    body.get(this.#array.end).get(fetch.now).op("f64.sub").f64(1).op("f64.sub").set(stall);
    fetch.hostUnlessWhole(() => body.get(stall));
    this.#array.begin();
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

  /** Leaves whether the read is at hand. */
  #has(): FunctionBody {
    const body = this.#body;
    this.#mode(FLASH_FETCHES.cached).begin("if", "i32");
    this.#buffered.has(this.#read);
    body.else();
    body.i32(0).memory("i32.load", FLASH_FETCH.current).get(this.#read).op("i32.eq");
    return body.end();
  }

  /** Puts what was read into the buffers. */
  #add(): void {
    const body = this.#body;
    this.#mode(FLASH_FETCHES.cached).begin("if");
    if (this.#port.ways > 0) this.#buffered.add(this.#read, (line) => this.#forget(line));
    body.else();
    body.i32(0).memory("i32.load", FLASH_FETCH.current).i32(0).op("i32.ge_s").begin("if");
    this.#fetch.advanceEpoch();
    body.end();
    body.i32(0).get(this.#read).memory("i32.store", FLASH_FETCH.current);
    body.i32(0).i32(1).memory("i32.store8", FLASH_FETCH.currentSectors);
    body.end();
  }

  /** A line goes, if there is any. */
  #forget(line: number): void {
    const body = this.#body;
    const { sectorShift } = this.#port;
    body.get(line).i32(0).op("i32.ge_s").begin("if");
    for (let sector = 0; sector < 1 << sectorShift; sector++) {
      body
        .get(line)
        .i32(sectorShift)
        .op("i32.shl")
        .i32(PORT_KEYS | sector);
      body.op("i32.or").set(this.#key);
      this.#fetch.gone(this.#key);
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
    this.#has().op("i32.eqz").begin("if");
    this.#array.read(this.#taken);
    this.#array.begin();
    body.i32(0).get(this.#array.end).memory("f64.store", FLASH_FETCH.aheadDone);
    body.i32(0).get(this.#read).memory("i32.store", FLASH_FETCH.aheadRead);
    body.end().end();
  }
}
