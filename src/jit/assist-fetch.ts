import { BEATS } from "../memory/bus-path.ts";
import { LINE_SHIFT, WAY } from "../memory/cache.ts";
import { M7_DATA, M7_FETCH, MODEL_AREA, PATH_KIND, PRESENT_ENTRIES } from "../memory/model-area.ts";
import type { FetchAssist } from "../timing/timing.ts";
import { CacheEmitter } from "./cache-emitter.ts";
import { FillEmitter } from "./fill-emitter.ts";
import type { JitArea } from "./jit-area.ts";
import { PathEmitter } from "./path-emitter.ts";
import { emitStall } from "./stall.ts";
import type { FunctionBody, Signature } from "./wasm-module.ts";

/** address, number of its page's path, place, left, cycles from the block's start, counter, room needed → left */
export const FETCH_BY_ASSIST: Signature = {
  params: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  results: ["i32"],
};

const [ADDRESS, PATH, PLACE, LEFT, OFFSET, COUNTER, ROOM] = [0, 1, 2, 3, 4, 5, 6];

/**
 * Asks the host for the line of an instruction.
 * @param host its function's index in the module
 */
export function emitFetchByHost(body: FunctionBody, area: JitArea, host: number): void {
  body.get(ADDRESS).get(PLACE).get(LEFT).call(host);
  body.i32(0).memory("i32.load", area.left);
}

/** Asks for the line of an instruction behind AXIM and charges what it takes, as `M7Fetch.fetch` on the words at `M7_FETCH`. */
export class FetchAssistEmitter {
  readonly #body: FunctionBody;
  readonly #area: JitArea;
  readonly #host: number;
  readonly #ahead: number;
  readonly #path: PathEmitter;
  readonly #cache: CacheEmitter;
  readonly #fills: FillEmitter;
  readonly #bursts: FillEmitter;
  readonly #now: number;
  readonly #asked: number;
  readonly #old: number;
  /** Cycles until the word is there; whether any of the line is still to come. */
  readonly #wait: number;
  readonly #filling: number;

  /** @param host index of the host's function in the module */
  constructor(body: FunctionBody, area: JitArea, host: number, assist: FetchAssist) {
    const { sets, ways, fills, bursts, ahead } = assist;
    this.#body = body;
    this.#area = area;
    this.#host = host;
    this.#ahead = ahead;
    this.#path = new PathEmitter(body, MODEL_AREA.fetchPaths);
    const { lines, flags, random } = M7_FETCH;
    this.#cache = new CacheEmitter(body, { lines, flags, random, sets, ways });
    this.#fills = new FillEmitter(body, { ...M7_FETCH.fills, buffers: fills }, this.#path);
    this.#bursts = new FillEmitter(body, { ...M7_FETCH.bursts, buffers: bursts }, this.#path);
    this.#now = body.local("f64");
    this.#asked = body.local("f64");
    this.#wait = body.local("f64");
    this.#old = body.local("i32");
    this.#filling = body.local("i32");
  }

  emit(): void {
    const body = this.#body;
    const path = this.#path;
    const { line } = this.#cache;
    body.i32(0).memory("f64.load", this.#area.deadline);
    body.get(LEFT).get(OFFSET).op("i32.sub", "f64.convert_i32_s", "f64.sub").set(this.#now);
    body.get(ADDRESS);
    this.#cache.choose();
    body.i32(0).memory("i32.load", M7_FETCH.burst).get(line).op("i32.eq").begin("if");
    this.#waitForWord();
    this.#charge();
    body.end();
    body.get(PATH);
    path.choose();
    path.kind(PATH_KIND.valid);
    this.#hostUnless();
    path.kind(PATH_KIND.lookUp).begin("if");
    this.#cache.find(() => {
      this.#waitForWord();
      body.get(this.#filling).op("i32.eqz").begin("if");
      this.#presentEntry(line);
      body.get(line).memory("i32.store", MODEL_AREA.presentLines).end();
      this.#charge();
    });
    body.end();
    path.kind(PATH_KIND.cached).begin("if");
    this.#fill();
    body.else();
    this.#stream();
    body.end().op("unreachable");
  }

  #time(offset: number): FunctionBody {
    return this.#body.i32(0).memory("f64.load", offset);
  }
  #hostUnless(): void {
    const body = this.#body;
    body.op("i32.eqz").begin("if");
    emitFetchByHost(body, this.#area, this.#host);
    body.op("return").end();
  }
  /** Leaves it to the host unless each of these cycles is a whole one. */
  #hostUnlessWhole(...emit: readonly (() => FunctionBody)[]): void {
    for (const cycle of emit) {
      cycle();
      cycle().op("f64.floor", "f64.eq");
      this.#hostUnless();
    }
  }

  /** Charges `wait` and returns. */
  #charge(): void {
    const body = this.#body;
    const wait = this.#wait;
    body.get(wait).f64(0).op("f64.gt").begin("if");
    this.#hostUnlessWhole(() => body.get(wait));
    const stall = body.local("i32");
    body.get(wait).op("i32.trunc_f64_s").set(stall);
    emitStall(body, { stall, counter: COUNTER, left: LEFT, room: () => body.get(ROOM) });
    body.end();
    body.get(LEFT).op("return");
  }

  /** Sets `wait` and `filling` for a line that is there or on its way. */
  #waitForWord(): void {
    const body = this.#body;
    body.f64(0).set(this.#wait).i32(0).set(this.#filling);
    for (const fills of [this.#fills, this.#bursts]) {
      fills.find(this.#cache.line, ADDRESS, (done, arrival) => {
        body.get(this.#wait);
        arrival();
        body.get(this.#now).op("f64.sub", "f64.max").set(this.#wait);
        body.get(this.#filling);
        done();
        body.get(this.#now).op("f64.gt", "i32.or").set(this.#filling);
      });
    }
  }

  /** Sets when the line is asked for: with the cycle that `emitAhead` leaves, or now if that comes first or code has jumped. */
  #ask(emitAhead: () => void): void {
    const body = this.#body;
    const wordBits = (BEATS - 1) << (LINE_SHIFT - Math.log2(BEATS));
    body.get(this.#now);
    emitAhead();
    body.op("f64.min").get(this.#now);
    body.i32(0).memory("i32.load", M7_FETCH.lastLine).i32(1).op("i32.add");
    body.get(this.#cache.line).op("i32.eq");
    body.get(ADDRESS).i32(wordBits).op("i32.and", "i32.eqz", "i32.and", "select").set(this.#asked);
  }

  /** A line for the cache. */
  #fill(): void {
    const body = this.#body;
    const cache = this.#cache;
    this.#ask(() => {
      this.#time(M7_FETCH.lastWord);
      body.get(this.#now).f64(this.#ahead).op("f64.sub", "f64.max");
    });
    this.#begin(this.#fills, M7_FETCH.fills.channelFree, () => {
      body.i32(0);
      this.#time(M7_FETCH.misses).f64(1).op("f64.add").memory("f64.store", M7_FETCH.misses);
      const random = cache.chooseVictim();
      cache.keepRandom(random);
      cache.flags(WAY.valid).begin("if");
      cache.lineOfWay().set(this.#old);
      this.#presentEntry(this.#old);
      body.memory("i32.load", MODEL_AREA.presentLines).get(this.#old).op("i32.eq").begin("if");
      this.#presentEntry(this.#old);
      body.i32(-1).memory("i32.store", MODEL_AREA.presentLines).end();
      this.#advanceEpoch();
      body.end();
      cache.setLine();
      cache.setFlags(() => body.i32(WAY.valid));
    });
  }

  /** A line past the cache. */
  #stream(): void {
    const body = this.#body;
    const path = this.#path;
    this.#ask(() => {
      this.#time(M7_FETCH.lastBegun);
      path.cost("arrayRead").op("f64.add");
      path.cost("beat").f64(BEATS).op("f64.mul", "f64.add");
    });
    this.#begin(this.#bursts, M7_FETCH.bursts.channelFree, () => {
      body.i32(0).memory("i32.load", M7_FETCH.burst).i32(0).op("i32.ge_s").begin("if");
      this.#advanceEpoch();
      body.end();
      body.i32(0).get(this.#cache.line).memory("i32.store", M7_FETCH.burst);
      body.i32(0).i32(1).memory("i32.store8", M7_FETCH.burstSectors);
      body.i32(0).get(this.#asked).memory("f64.store", M7_FETCH.lastBegun);
    });
  }

  /** Has the line brought, after `emitChange`, charges the wait for it and returns. */
  #begin(fills: FillEmitter, channelFree: number, emitChange: () => void): void {
    const body = this.#body;
    fills.chooseBuffer();
    this.#hostUnlessWhole(
      () => body.get(this.#now),
      () => body.get(this.#asked),
      () => fills.freeAt(),
      () => this.#time(channelFree),
      () => this.#time(M7_DATA.arrayFree),
    );
    emitChange();
    body.get(this.#asked);
    fills.fill(this.#cache.line, ADDRESS);
    body.i32(0).get(this.#cache.line).memory("i32.store", M7_FETCH.lastLine);
    body.i32(0).get(fills.first).memory("f64.store", M7_FETCH.lastWord);
    body.get(fills.first).get(this.#now).op("f64.sub").set(this.#wait);
    this.#charge();
  }

  /** Leaves the byte offset of the line's entry among those seen to be present, see `FetchEpoch`. */
  #presentEntry(line: number): void {
    this.#body
      .get(line)
      .i32(PRESENT_ENTRIES - 1)
      .op("i32.and")
      .i32(2)
      .op("i32.shl");
  }
  /** As `FetchEpoch.gone`. */
  #advanceEpoch(): void {
    const body = this.#body;
    const epoch = (): FunctionBody => body.i32(0).memory("i32.load", MODEL_AREA.fetchEpoch);
    body.i32(0).i32(1);
    epoch().i32(1).op("i32.add");
    epoch().i32(0x7fff_ffff).op("i32.eq", "select").memory("i32.store", MODEL_AREA.fetchEpoch);
  }
}
