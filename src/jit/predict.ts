import { STRONGLY_TAKEN } from "../timing/branch-predictor.ts";
import { branchKind } from "../timing/branch-kind.ts";
import type { PredictorTables, TimedInstruction } from "../timing/timing.ts";
import { IMPORT } from "./imports.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** A jump whose prediction is looked up inline. */
export interface PredictedJump {
  readonly instruction: TimedInstruction;
  readonly taken: boolean;
  /** See `Schedule.flagsEarly`. */
  readonly flagsEarly: boolean;
  /** Puts the target on the stack. */
  readonly target: () => void;
  /** Emits a stall. */
  readonly charge: (cycles: number) => void;
}

/**
 * Emits what `BranchPredictor.resolve` does for a jump. The plain case, predicted correctly with nothing to learn, is
 * seen inline.
 * @param scratch an i32 local
 */
export function emitPrediction(
  body: FunctionBody,
  tables: PredictorTables,
  scratch: number,
  jump: PredictedJump,
): void {
  const { instruction, taken, target, charge } = jump;
  const kind = branchKind(instruction);
  if (kind === undefined) return;
  const { base, entries, returns, mispredict, mispredictEarly, decodeRedirect } = tables;
  const { pc } = instruction;
  const entry = base + 4 * ((pc >>> 1) & (entries - 1));
  const tag = pc | 1;
  const counter = entry + 4 * entries;
  const stack = base + 4 * 3 * entries;
  const top = stack + 4 * returns;
  const isKnown = (): FunctionBody => body.i32(0).memory("i32.load", entry).i32(tag).op("i32.eq");
  const isCounter = (value: number): FunctionBody =>
    body.i32(0).memory("i32.load", counter).i32(value).op("i32.eq");
  const chargeIf = (cycles: number): void => {
    body.begin("if");
    charge(cycles);
    body.end();
  };
  const direction = (penalty: number): void => {
    isKnown();
    if (taken) isCounter(STRONGLY_TAKEN).op("i32.and", "i32.eqz");
    else isCounter(0).op("i32.eqz", "i32.and");
    body
      .begin("if")
      .i32(entry)
      .i32(tag)
      .i32(taken ? 1 : 0)
      .call(IMPORT.direction);
    chargeIf(penalty);
    body.end();
  };
  const learned = (): void => {
    isKnown().op("i32.eqz").begin("if").i32(entry).i32(tag).call(IMPORT.learn);
    charge(decodeRedirect);
    body.end();
  };
  const lastTarget = (): void => {
    if (!taken) {
      direction(mispredict);
      return;
    }
    body.i32(entry).i32(tag);
    target();
    body.call(IMPORT.lastTarget);
    chargeIf(mispredict);
  };
  const atTop = (): FunctionBody =>
    body
      .i32(returns - 1)
      .op("i32.and")
      .i32(2)
      .op("i32.shl");
  const push = (address: number): void => {
    if (returns === 0) return;
    body.i32(0).memory("i32.load", top).tee(scratch);
    atTop().i32(address).memory("i32.store", stack);
    body.i32(0).get(scratch).i32(1).op("i32.add").memory("i32.store", top);
  };
  switch (kind) {
    case "conditional":
      direction(jump.flagsEarly ? mispredictEarly : mispredict);
      return;
    case "direct":
      learned();
      return;
    case "call":
      push(pc + 4);
      learned();
      return;
    case "indirect-call":
      push(pc + 2);
      lastTarget();
      return;
    case "indirect":
      lastTarget();
      return;
    case "return":
      if (returns === 0 || !taken) {
        lastTarget();
        return;
      }
      body.i32(0).i32(0).memory("i32.load", top).i32(1).op("i32.sub").tee(scratch).memory("i32.store", top);
      body.get(scratch);
      atTop().memory("i32.load", stack);
      target();
      body.op("i32.ne");
      chargeIf(mispredict);
  }
}
