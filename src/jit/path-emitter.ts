import { M7_PATH, M7_PATH_SHIFT } from "../memory/model-area.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** Reads the path of an access from a table of them in the linear memory, see `M7_PATH`. */
export class PathEmitter {
  readonly #body: FunctionBody;
  readonly #base: number;
  /** Byte offset of the path in the table. */
  readonly offset: number;

  /** @param base byte offset of the table */
  constructor(body: FunctionBody, base: number) {
    this.#body = body;
    this.#base = base;
    this.offset = body.local("i32");
  }

  /** Takes the path whose number is on the stack, shifted left by `shifted`. */
  choose(shifted = 0): void {
    this.#body
      .i32(M7_PATH_SHIFT - shifted)
      .op("i32.shl")
      .set(this.offset);
  }
  /** Leaves a bit of the path's kind. */
  kind(bit: number): FunctionBody {
    return this.#body
      .get(this.offset)
      .memory("i32.load", this.#base + M7_PATH.kind)
      .i32(bit)
      .op("i32.and");
  }
  /** Leaves a cost in cycles. */
  cost(field: Exclude<keyof typeof M7_PATH, "kind">): FunctionBody {
    return this.#body.get(this.offset).memory("f64.load", this.#base + M7_PATH[field]);
  }
}
