import { branchKind } from "../timing/branch-kind.ts";
import type { PredictorTables, TimedInstruction } from "../timing/timing.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** Saturated counter of a branch that is taken. */
const STRONGLY_TAKEN = 3;

/** A jump whose prediction is looked up inline. */
export interface PredictedJump {
  readonly instruction: TimedInstruction;
  readonly taken: boolean;
  /** Puts the target on the stack. */
  readonly target: () => void;
  /** Asks the predictor itself. */
  readonly ask: () => void;
}

/**
 * Emits what a jump costs by the branch predictor: nothing where it is predicted correctly and changes no counter, which
 * is seen inline; else `ask`.
 * @param scratch an i32 local
 */
export function emitPrediction(
  body: FunctionBody,
  tables: PredictorTables,
  scratch: number,
  { instruction, taken, target, ask }: PredictedJump,
): void {
  const kind = branchKind(instruction);
  if (kind === undefined) return;
  const { base, entries, returns } = tables;
  const { pc } = instruction;
  const tag = base + 4 * ((pc >>> 1) & (entries - 1));
  const counter = tag + 4 * entries;
  const stack = base + 4 * 3 * entries;
  const top = stack + 4 * returns;
  const isKnown = (): FunctionBody =>
    body
      .i32(0)
      .memory("i32.load", tag)
      .i32(pc | 1)
      .op("i32.eq");
  if (kind === "conditional" && taken) {
    isKnown().i32(0).memory("i32.load", counter).i32(STRONGLY_TAKEN).op("i32.eq", "i32.and", "i32.eqz");
  } else if (kind === "conditional") {
    isKnown().i32(0).memory("i32.load", counter).i32(0).op("i32.ne", "i32.and");
  } else if (kind === "direct") isKnown().op("i32.eqz");
  else if (kind === "call" && returns > 0) {
    isKnown().begin("if");
    body
      .i32(0)
      .memory("i32.load", top)
      .tee(scratch)
      .i32(returns - 1)
      .op("i32.and")
      .i32(2)
      .op("i32.shl");
    body.i32(pc + 4).memory("i32.store", stack);
    body.i32(0).get(scratch).i32(1).op("i32.add").memory("i32.store", top);
    body.else();
    ask();
    body.end();
    return;
  } else if (kind === "return" && taken && returns > 0) {
    body.i32(0).memory("i32.load", top).i32(1).op("i32.sub").tee(scratch);
    body
      .i32(returns - 1)
      .op("i32.and")
      .i32(2)
      .op("i32.shl")
      .memory("i32.load", stack);
    target();
    body.op("i32.eq").begin("if");
    body.i32(0).get(scratch).memory("i32.store", top);
    body.else();
    ask();
    body.end();
    return;
  } else {
    ask();
    return;
  }
  body.begin("if");
  ask();
  body.end();
}
