import { MODEL_AREA, PRESENT_ENTRIES } from "../memory/model-area.ts";
import type { JitArea } from "./jit-area.ts";
import { emitStall } from "./stall.ts";
import type { FunctionBody, Signature } from "./wasm-module.ts";

/** address, `FetchTiming.fetchPath`, place, left, cycles from the block's start, counter, room needed → left */
export const FETCH_BY_ASSIST: Signature = {
  params: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  results: ["i32"],
};
export const [ADDRESS, PATH] = [0, 1];
const [PLACE, LEFT, OFFSET, COUNTER, ROOM] = [2, 3, 4, 5, 6];

/** What all ways of asking for the line of an instruction in wasm share: `FETCH_BY_ASSIST`. */
export class FetchEmitter {
  readonly body: FunctionBody;
  readonly #area: JitArea;
  readonly #host: number;
  /** The cycle at which the line is asked for. */
  readonly now: number;
  readonly #stall: number;

  /** @param host index of the host's function in the module */
  constructor(body: FunctionBody, area: JitArea, host: number) {
    this.body = body;
    this.#area = area;
    this.#host = host;
    this.now = body.local("f64");
    this.#stall = body.local("i32");
  }

  begin(): void {
    const { body } = this;
    body.i32(0).memory("f64.load", this.#area.deadline);
    body.get(LEFT).get(OFFSET).op("i32.sub", "f64.convert_i32_s", "f64.sub").set(this.now);
  }
  /** Leaves it to the host and returns. */
  byHost(): void {
    const { body } = this;
    body.get(ADDRESS).get(PLACE).get(LEFT).call(this.#host);
    body.i32(0).memory("i32.load", this.#area.left).op("return");
  }
  /** Leaves it to the host unless what is on the stack is true. */
  hostUnless(): void {
    this.body.op("i32.eqz").begin("if");
    this.byHost();
    this.body.end();
  }
  /** Leaves it to the host unless each of these cycles is a whole one. */
  hostUnlessWhole(...emit: readonly (() => FunctionBody)[]): void {
    for (const cycle of emit) {
      cycle();
      cycle().op("f64.floor", "f64.eq");
      this.hostUnless();
    }
  }
  /** Charges the cycles in the local and returns; without any, they need not be looked at. */
  charge(cycles: number): void {
    const { body } = this;
    body.get(cycles).f64(0).op("f64.gt").begin("if");
    this.hostUnlessWhole(() => body.get(cycles));
    body.get(cycles).op("i32.trunc_f64_s").set(this.#stall);
    emitStall(body, { stall: this.#stall, counter: COUNTER, left: LEFT, room: () => body.get(ROOM) });
    body.end();
    this.free();
  }
  /** Returns without a stall. */
  free(): void {
    this.body.get(LEFT).op("return");
  }

  /** The line whose key is in the local is present from now on, see `FetchEpoch.seen`. */
  seen(key: number): void {
    this.#entry(key);
    this.body.get(key).memory("i32.store", MODEL_AREA.presentLines);
  }
  /** The line of the key has gone; `advanceEpoch` is to follow. */
  gone(key: number): void {
    const { body } = this;
    this.#entry(key);
    body.memory("i32.load", MODEL_AREA.presentLines).get(key).op("i32.eq").begin("if");
    this.#entry(key);
    body.i32(-1).memory("i32.store", MODEL_AREA.presentLines).end();
  }
  /** Lines have gone, see `FetchEpoch.gone`. */
  advanceEpoch(): void {
    const { body } = this;
    const epoch = (): FunctionBody => body.i32(0).memory("i32.load", MODEL_AREA.fetchEpoch);
    body.i32(0).i32(1);
    epoch().i32(1).op("i32.add");
    epoch().i32(0x7fff_ffff).op("i32.eq", "select").memory("i32.store", MODEL_AREA.fetchEpoch);
  }

  /** Leaves the byte offset of the key's entry. */
  #entry(key: number): void {
    this.body
      .get(key)
      .i32(PRESENT_ENTRIES - 1)
      .op("i32.and")
      .i32(2)
      .op("i32.shl");
  }
}
