import { BEATS } from "../memory/bus-path.ts";
import { LINE_SHIFT } from "../memory/cache.ts";
import { M7_DATA, PATH_KIND } from "../memory/model-area.ts";
import { type PathEmitter } from "./path-emitter.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** Where `LineFills` are in the linear memory, and how many buffers they have. */
export interface FillPlace {
  readonly lines: number;
  readonly arrivals: number;
  readonly done: number;
  readonly channelFree: number;
  readonly buffers: number;
}

/** Lines on their way over AXIM, as in `LineFills`. */
export class FillEmitter {
  readonly #body: FunctionBody;
  readonly #place: FillPlace;
  readonly #path: PathEmitter;
  readonly #buffer: number;
  readonly #at: number;
  readonly #word: number;
  /** When the word asked for comes. */
  readonly first: number;

  constructor(body: FunctionBody, place: FillPlace, path: PathEmitter) {
    this.#body = body;
    this.#place = place;
    this.#path = path;
    this.#buffer = body.local("i32");
    this.#word = body.local("i32");
    this.#at = body.local("f64");
    this.first = body.local("f64");
  }

  /** For each buffer, runs `emit` if it has the line in the local. @param emit gets when all is there, and when the word of `address` is */
  find(line: number, address: number, emit: (done: () => void, arrival: () => void) => void): void {
    const body = this.#body;
    const { lines, done, arrivals, buffers } = this.#place;
    body.begin("block");
    const found = body.depth;
    for (let buffer = 0; buffer < buffers; buffer++) {
      body
        .i32(0)
        .memory("i32.load", lines + 4 * buffer)
        .get(line)
        .op("i32.eq")
        .begin("if");
      emit(
        () => body.i32(0).memory("f64.load", done + 8 * buffer),
        () => {
          this.#wordOf(address);
          body
            .i32(3)
            .op("i32.shl")
            .memory("f64.load", arrivals + 8 * BEATS * buffer);
        },
      );
      body.branch("br", found).end(); // the first buffer with the line decides
    }
    body.end();
  }

  /** Takes the buffer that is free first. */
  chooseBuffer(): void {
    const body = this.#body;
    const { done, buffers } = this.#place;
    body.i32(0).set(this.#buffer);
    for (let other = 1; other < buffers; other++) {
      body.i32(0).memory("f64.load", done + 8 * other);
      this.freeAt().op("f64.lt").begin("if");
      body.i32(other).set(this.#buffer).end();
    }
  }
  /** Leaves the cycle from which the buffer is free. */
  freeAt(): FunctionBody {
    return this.#body.get(this.#buffer).i32(3).op("i32.shl").memory("f64.load", this.#place.done);
  }

  /** Fills the line, asked for at the cycle on the stack, with the word of `address` first; sets `first`. */
  fill(line: number, address: number): void {
    const body = this.#body;
    const path = this.#path;
    const { lines, done, channelFree } = this.#place;
    const [at, word] = [this.#at, this.#word];
    this.freeAt().op("f64.max").set(at);
    path.kind(PATH_KIND.array).begin("if");
    body.get(at).i32(0).memory("f64.load", M7_DATA.arrayFree).op("f64.max").set(at);
    body.i32(0).get(at);
    path.cost("arrayRead").op("f64.add");
    path.cost("arrayRead").f64(0);
    path.cost("half").f64(0).op("f64.gt", "select", "f64.add").memory("f64.store", M7_DATA.arrayFree);
    body.end();
    body.get(at);
    path.cost("first").op("f64.add");
    body.i32(0).memory("f64.load", channelFree);
    path.cost("beat").op("f64.add", "f64.max").tee(at).set(this.first);
    this.#wordOf(address);
    body.set(word);
    for (let i = 0; i < BEATS; i++) this.#beat(i);
    body.get(this.#buffer).i32(2).op("i32.shl").get(line).memory("i32.store", lines);
    body.get(this.#buffer).i32(3).op("i32.shl").get(at).memory("f64.store", done);
    body.i32(0).get(at).memory("f64.store", channelFree);
  }

  /** The word that comes in place `i`. */
  #beat(i: number): void {
    const body = this.#body;
    const path = this.#path;
    const [at, word] = [this.#at, this.#word];
    if (i > 0) {
      body.get(at);
      path.cost("beat").op("f64.add").set(at);
      // In the other half of the line?
      body.get(word).i32(i).op("i32.add").get(word).op("i32.xor").i32(2).op("i32.and").begin("if");
      body.get(at).get(this.first);
      path.cost("half").op("f64.add", "f64.max").set(at);
      body.end();
    }
    body
      .get(this.#buffer)
      .i32(3 + Math.log2(BEATS))
      .op("i32.shl");
    body
      .get(word)
      .i32(i)
      .op("i32.add")
      .i32(BEATS - 1)
      .op("i32.and")
      .i32(3)
      .op("i32.shl", "i32.add");
    body.get(at).memory("f64.store", this.#place.arrivals);
  }

  #wordOf(address: number): void {
    this.#body
      .get(address)
      .i32(LINE_SHIFT - Math.log2(BEATS))
      .op("i32.shr_u")
      .i32(BEATS - 1)
      .op("i32.and");
  }
}
