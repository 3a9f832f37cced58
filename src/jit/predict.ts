import {
  COUNTER_SHIFT,
  entryOf,
  SAME_BRANCH,
  STRONGLY_TAKEN,
  WEAKLY_TAKEN,
} from "../timing/branch-predictor.ts";
import { branchKind } from "../timing/branch-kind.ts";
import type { PredictorTables, TimedInstruction } from "../timing/timing.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** A jump whose prediction is looked up inline. */
export interface PredictedJump {
  readonly instruction: TimedInstruction;
  readonly taken: boolean;
  /** See `Schedule.mispredict`. */
  readonly mispredict: number;
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
  const { base, entries, returns, mispredict, decodeRedirect } = tables;
  const { pc } = instruction;
  const entry = base + 4 * ((pc >>> 1) & (entries - 1));
  const stack = base + 4 * 2 * entries;
  const top = stack + 4 * returns;
  const word = (counter: number): number => entryOf(entries, pc, counter);
  const loadEntry = (): FunctionBody => body.i32(0).memory("i32.load", entry);
  /** Twice the counter when the entry is this branch's, else `SAME_BRANCH` or more. */
  const difference = (): FunctionBody => loadEntry().i32(word(0)).op("i32.xor");
  const chargeIf = (cycles: number): void => {
    body.unlikely();
    charge(cycles);
    body.end();
  };
  const [one, weak, strong] = [1, WEAKLY_TAKEN, STRONGLY_TAKEN].map((c) => c << COUNTER_SHIFT) as [
    number,
    number,
    number,
  ];
  const goesTaken = (penalty: number): void => {
    loadEntry().i32(word(STRONGLY_TAKEN)).op("i32.ne").unlikely();
    body.i32(0);
    loadEntry().i32(one).op("i32.add").i32(word(WEAKLY_TAKEN));
    difference().tee(scratch).i32(SAME_BRANCH).op("i32.lt_u", "select").memory("i32.store", entry);
    // Mispredicted unless the counter was 2 or more.
    body.get(scratch).i32(weak).op("i32.sub");
    body.i32(SAME_BRANCH - weak).op("i32.ge_u");
    chargeIf(penalty);
    body.end();
  };
  const fallsThrough = (penalty: number): void => {
    // Nothing to learn for an entry that is another's, or whose counter is 0.
    difference().tee(scratch).i32(1).op("i32.sub").i32(strong).op("i32.lt_u").unlikely();
    body.i32(0);
    loadEntry().i32(one).op("i32.sub").memory("i32.store", entry);
    body.get(scratch).i32(weak).op("i32.ge_u");
    chargeIf(penalty);
    body.end();
  };
  const direction = (penalty: number): void => {
    if (taken) goesTaken(penalty);
    else fallsThrough(penalty);
  };
  const learn = (): FunctionBody => body.i32(0).i32(word(STRONGLY_TAKEN)).memory("i32.store", entry);
  const learned = (): void => {
    difference().i32(SAME_BRANCH).op("i32.ge_u").unlikely();
    learn();
    charge(decodeRedirect);
    body.end();
  };
  const lastTarget = (): void => {
    if (!taken) {
      direction(mispredict);
      return;
    }
    const targetWord = entry + 4 * entries;
    difference().i32(SAME_BRANCH).op("i32.ge_u").i32(0).memory("i32.load", targetWord);
    target();
    body.op("i32.ne", "i32.or").unlikely();
    learn().i32(0);
    target();
    body.memory("i32.store", targetWord);
    charge(mispredict);
    body.end();
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
      direction(jump.mispredict);
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
