import { EXIT, LAYOUT } from "../core/layout.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** Locals of an assist that charges a stall. */
interface StallLocals {
  readonly stall: number;
  /** Byte offset of the counter of such stalls. */
  readonly counter: number;
  readonly left: number;
  /** Leaves the cycles that the block needs. */
  readonly room: () => FunctionBody;
}

/** As `Progress.stall`: charges, and asks for attention when the block may overrun the next event now. */
export function emitStall(body: FunctionBody, { stall, counter, left, room }: StallLocals): void {
  body.get(counter).get(counter).memory("i64.load", 0).get(stall).op("i64.extend_i32_u", "i64.add");
  body.memory("i64.store", 0);
  body.get(left).get(stall).op("i32.sub").set(left);
  body.get(left);
  room().op("i32.lt_s").begin("if");
  body
    .i32(0)
    .i32(0)
    .memory("i32.load", LAYOUT.exit)
    .i32(EXIT.interrupt)
    .op("i32.or")
    .memory("i32.store", LAYOUT.exit);
  body.end();
}
