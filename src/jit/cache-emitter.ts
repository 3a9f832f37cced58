import { LFSR_TAPS, LINE_SHIFT, WAY } from "../memory/cache.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** Where a `Cache` is in the linear memory, and its shape. */
export interface CachePlace {
  readonly lines: number;
  readonly flags: number;
  readonly random: number;
  readonly sets: number;
  readonly ways: number;
}

/** Looks a line up in a cache and chooses what goes for it, as `Cache` does. */
export class CacheEmitter {
  readonly #body: FunctionBody;
  readonly #place: CachePlace;
  /** Number of the line. */
  readonly line: number;
  /** The way in question, among all of the cache. */
  readonly way: number;
  readonly #first: number;

  constructor(body: FunctionBody, place: CachePlace) {
    this.#body = body;
    this.#place = place;
    this.line = body.local("i32");
    this.way = body.local("i32");
    this.#first = body.local("i32");
  }

  /** Takes the line of the address on the stack. */
  choose(): void {
    const body = this.#body;
    const { sets, ways } = this.#place;
    body.i32(LINE_SHIFT).op("i32.shr_u").tee(this.line);
    body.i32(sets - 1).op("i32.and");
    body.i32(ways).op("i32.mul").set(this.#first);
  }
  /** Runs `onHit` with `way` set if the line is there. Which way has it cannot be predicted: so there is no branch for each. */
  find(onHit: () => void): void {
    const body = this.#body;
    const { lines, ways } = this.#place;
    for (let i = 0; i < ways; i++) {
      body
        .get(this.#first)
        .i32(2)
        .op("i32.shl")
        .memory("i32.load", lines + 4 * i);
      body.get(this.line).op("i32.eq");
      this.#isValid(i).op("i32.and");
      if (i > 0) body.i32(i).op("i32.shl", "i32.or");
    }
    body.tee(this.way).begin("if");
    body.get(this.way).op("i32.ctz").get(this.#first).op("i32.add").set(this.way);
    onHit();
    body.end();
  }
  /** Leaves bits of what `way` holds. */
  flags(bits: number): FunctionBody {
    return this.#body.get(this.way).memory("i32.load8_u", this.#place.flags).i32(bits).op("i32.and");
  }
  setFlags(emitValue: () => void): void {
    this.#body.get(this.way);
    emitValue();
    this.#body.memory("i32.store8", this.#place.flags);
  }
  /** Leaves the line that `way` holds. */
  lineOfWay(): FunctionBody {
    return this.#body.get(this.way).i32(2).op("i32.shl").memory("i32.load", this.#place.lines);
  }
  setLine(): void {
    const { lines } = this.#place;
    this.#body.get(this.way).i32(2).op("i32.shl").get(this.line).memory("i32.store", lines);
  }

  /**
   * Sets `way` to the lowest invalid way, else by the shift register.
   * @returns the local with the register's new value, 0 when it was not asked, for `keepRandom`
   */
  chooseVictim(): number {
    const body = this.#body;
    const { ways } = this.#place;
    const random = body.local("i32");
    body.i32(0).set(random);
    body.begin("block");
    const found = body.depth;
    for (let i = 0; i < ways; i++) {
      this.#isValid(i).op("i32.eqz").begin("if");
      body.get(this.#first).i32(i).op("i32.add").set(this.way);
      body.branch("br", found).end();
    }
    body.i32(0).memory("i32.load", this.#place.random).tee(random).i32(1).op("i32.shr_u");
    body.i32(LFSR_TAPS).i32(0).get(random).i32(1).op("i32.and", "select", "i32.xor").set(random);
    body.get(this.#first).get(random);
    body
      .i32(ways - 1)
      .op("i32.and", "i32.add")
      .set(this.way);
    body.end();
    return random;
  }
  keepRandom(random: number): void {
    const body = this.#body;
    body.get(random).begin("if").i32(0).get(random).memory("i32.store", this.#place.random).end();
  }

  #isValid(i: number): FunctionBody {
    return this.#body
      .get(this.#first)
      .memory("i32.load8_u", this.#place.flags + i)
      .i32(WAY.valid)
      .op("i32.and");
  }
}
