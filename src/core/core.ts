import type { Effect, I32, JumpKind, ValueEffect } from "../isa/ir.ts";
import { EXIT } from "./layout.ts";
import { W, type CpuState } from "./state.ts";

/** The data side of the bus as engines see it. */
export interface CoreBus {
  load(address: number, bytes: 1 | 2 | 4, mustAlign: boolean, unprivileged: boolean): number;
  store(address: number, bytes: 1 | 2 | 4, value: number, mustAlign: boolean, unprivileged: boolean): void;
}

/** The rare parts of semantics, written once and called by every engine. `operand` is the effect's evaluated I32. */
export interface CoreEffects {
  run(effect: Effect, operand: number): void;
  value(effect: ValueEffect, operand: number): number;
  /** ExecuteFPCheck; on success `fpReady` is set. */
  fpCheck(): void;
}

/** The run-time operand of an effect, when it has one. */
export function operandOf(effect: Effect | ValueEffect): I32 | undefined {
  switch (effect.name) {
    case "MSR":
    case "VMSR":
      return effect.value;
    case "setExclusive":
    case "exclusivePass":
      return effect.address;
    default:
      return undefined;
  }
}

/** What an engine executes on: state, bus and effects. */
export class Core {
  readonly state: CpuState;
  readonly bus: CoreBus;
  readonly effects: CoreEffects;

  constructor(state: CpuState, bus: CoreBus, effects: CoreEffects) {
    this.state = state;
    this.bus = bus;
    this.effects = effects;
  }

  /** To be called after SP was written: keeps the lowest value of each stack pointer, for the report's stack peak. */
  stackMoved(): void {
    const w = this.state.words;
    const index = this.state.usesPSP ? W.lowestPSP : W.lowestMSP;
    if (w[13]! >>> 0 < w[index]! >>> 0) w[index] = w[13]!;
  }

  /** Writes the PC. @source Armv7-M ARM, "BranchWritePC()", "BXWritePC()", "BLXWritePC()", "LoadWritePC()" */
  jump(kind: JumpKind, to: number): void {
    const w = this.state.words;
    w[W.taken] = 1;
    if (kind === "interwork" && w[W.IPSR] !== 0 && to >>> 28 === 0xf) {
      w[15] = to;
      this.state.requestExit(EXIT.jump);
      return;
    }
    w[15] = to & ~1;
    if (kind !== "simple" && kind !== "direct" && (to & 1) === 0) this.state.raise({ kind: "INVSTATE" });
  }
}
