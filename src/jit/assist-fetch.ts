import { BEATS } from "../memory/bus-path.ts";
import { LINE_SHIFT, WAY } from "../memory/cache.ts";
import { M7_DATA, M7_FETCH, MODEL_AREA, PATH_KIND } from "../memory/model-area.ts";
import type { CacheFetch, FetchAssist } from "../timing/timing.ts";
import { CacheEmitter } from "./cache-emitter.ts";
import { PortFetchAssist } from "./assist-port.ts";
import { ADDRESS, PATH, FetchEmitter } from "./fetch-emitter.ts";
import { FillEmitter } from "./fill-emitter.ts";
import type { JitArea } from "./jit-area.ts";
import { PathEmitter } from "./path-emitter.ts";
import type { FunctionBody } from "./wasm-module.ts";

/**
 * Asks for the line of an instruction through the port to flash, behind a cache, or the host: `FETCH_BY_ASSIST`.
 * @param host index of the host's function in the module
 */
export function emitFetch(
  body: FunctionBody,
  models: { readonly area: JitArea; readonly fetch: FetchAssist | undefined },
  host: number,
): void {
  const fetch = new FetchEmitter(body, models.area, host);
  const { cache, port } = models.fetch ?? {};
  fetch.begin();
  if (port !== undefined) {
    body.get(PATH).i32(0).op("i32.lt_s").begin("if");
    new PortFetchAssist(fetch, port).emit();
    body.end();
  }
  if (cache === undefined) fetch.byHost();
  else new CacheFetchAssist(fetch, cache).emit();
  body.op("unreachable");
}

/** Asks for the line of an instruction behind AXIM, as `M7Fetch.fetch` on the words at `M7_FETCH`. */
export class CacheFetchAssist {
  readonly #fetch: FetchEmitter;
  readonly #body: FunctionBody;
  readonly #ahead: number;
  readonly #path: PathEmitter;
  readonly #cache: CacheEmitter;
  readonly #fills: FillEmitter;
  readonly #bursts: FillEmitter;
  readonly #asked: number;
  readonly #old: number;
  /** Cycles until the word is there; whether any of the line is still to come. */
  readonly #wait: number;
  readonly #filling: number;

  constructor(fetch: FetchEmitter, { sets, ways, fills, bursts, ahead }: CacheFetch) {
    const { body } = fetch;
    this.#fetch = fetch;
    this.#body = body;
    this.#ahead = ahead;
    this.#path = new PathEmitter(body, MODEL_AREA.fetchPaths);
    const { lines, flags, random } = M7_FETCH;
    this.#cache = new CacheEmitter(body, { lines, flags, random, sets, ways });
    this.#fills = new FillEmitter(body, { ...M7_FETCH.fills, buffers: fills }, this.#path);
    this.#bursts = new FillEmitter(body, { ...M7_FETCH.bursts, buffers: bursts }, this.#path);
    this.#asked = body.local("f64");
    this.#wait = body.local("f64");
    this.#old = body.local("i32");
    this.#filling = body.local("i32");
  }

  emit(): void {
    const body = this.#body;
    const path = this.#path;
    const { line } = this.#cache;
    body.get(ADDRESS);
    this.#cache.choose();
    body.i32(0).memory("i32.load", M7_FETCH.burst).get(line).op("i32.eq").begin("if");
    this.#waitForWord();
    this.#fetch.charge(this.#wait);
    body.end();
    body.get(PATH);
    path.choose();
    path.kind(PATH_KIND.valid);
    this.#fetch.hostUnless();
    path.kind(PATH_KIND.lookUp).begin("if");
    this.#cache.find(() => {
      this.#waitForWord();
      body.get(this.#filling).op("i32.eqz").begin("if");
      this.#fetch.seen(line);
      body.end();
      this.#fetch.charge(this.#wait);
    });
    body.end();
    path.kind(PATH_KIND.cached).begin("if");
    this.#fill();
    body.else();
    this.#stream();
    body.end();
  }

  #time(offset: number): FunctionBody {
    return this.#body.i32(0).memory("f64.load", offset);
  }
  /** Sets `wait` and `filling` for a line that is there or on its way. */
  #waitForWord(): void {
    const body = this.#body;
    body.f64(0).set(this.#wait).i32(0).set(this.#filling);
    for (const fills of [this.#fills, this.#bursts]) {
      fills.find(this.#cache.line, ADDRESS, (done, arrival) => {
        body.get(this.#wait);
        arrival();
        body.get(this.#fetch.now).op("f64.sub", "f64.max").set(this.#wait);
        body.get(this.#filling);
        done();
        body.get(this.#fetch.now).op("f64.gt", "i32.or").set(this.#filling);
      });
    }
  }

  /** Sets when the line is asked for: with the cycle that `emitAhead` leaves, or now if that comes first or code has jumped. */
  #ask(emitAhead: () => void): void {
    const body = this.#body;
    const wordBits = (BEATS - 1) << (LINE_SHIFT - Math.log2(BEATS));
    body.get(this.#fetch.now);
    emitAhead();
    body.op("f64.min").get(this.#fetch.now);
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
      body.get(this.#fetch.now).f64(this.#ahead).op("f64.sub", "f64.max");
    });
    this.#begin(this.#fills, M7_FETCH.fills.channelFree, () => {
      body.i32(0);
      this.#time(M7_FETCH.misses).f64(1).op("f64.add").memory("f64.store", M7_FETCH.misses);
      const random = cache.chooseVictim();
      cache.keepRandom(random);
      cache.flags(WAY.valid).begin("if");
      cache.lineOfWay().set(this.#old);
      this.#fetch.gone(this.#old);
      this.#fetch.advanceEpoch();
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
      this.#fetch.advanceEpoch();
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
    this.#fetch.hostUnlessWhole(
      () => body.get(this.#fetch.now),
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
    body.get(fills.first).get(this.#fetch.now).op("f64.sub").set(this.#wait);
    this.#fetch.charge(this.#wait);
  }
}
