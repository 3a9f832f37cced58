import { Core, type CoreBus, type CoreEffects } from "../../src/core/core.ts";
import { LAYOUT } from "../../src/core/layout.ts";
import { CpuState, W } from "../../src/core/state.ts";
import { Evaluator } from "../../src/exec/evaluate.ts";
import { Builder } from "../../src/isa/builder.ts";
import { Decoder } from "../../src/isa/decoder.ts";
import type { Feature } from "../../src/isa/insn.ts";
import type { Effect, ValueEffect } from "../../src/isa/ir.ts";
import { TABLE } from "../../src/isa/table/index.ts";

/** A core with FP enabled and one window of memory, for one instruction at a time on the reference evaluator. */

export const FPV4_SP: ReadonlySet<Feature> = new Set<Feature>(["v7-M", "DSP", "FPv4-SP"]);
export const FPV5_SP: ReadonlySet<Feature> = new Set<Feature>([...FPV4_SP, "FPv5-SP"]);
export const FPV5_DP: ReadonlySet<Feature> = new Set<Feature>([...FPV5_SP, "FPv4-DP", "FPv5-DP"]);

export const WINDOW = { base: 0x2000_0000, bytes: 0x2000 } as const;

/** Memory of the window; accesses outside it or that are not aligned as they must be raise a fault. */
class Window implements CoreBus {
  readonly memory = new DataView(new ArrayBuffer(WINDOW.bytes));
  readonly #state: CpuState;

  constructor(state: CpuState) {
    this.#state = state;
  }

  load(address: number, bytes: 1 | 2 | 4, mustAlign: boolean): number {
    const at = this.#offset(address, bytes, mustAlign);
    return at === undefined ? 0 : this.memory.getInt32(at, true);
  }
  store(address: number, bytes: 1 | 2 | 4, value: number, mustAlign: boolean): void {
    const at = this.#offset(address, bytes, mustAlign);
    if (at !== undefined) this.memory.setInt32(at, value, true);
  }

  /** Only words are accessed by FP instructions. */
  #offset(address: number, bytes: number, mustAlign: boolean): number | undefined {
    const at = (address >>> 0) - WINDOW.base;
    if (bytes !== 4) throw new Error(`access of ${bytes} bytes`);
    if (mustAlign && (at & 3) !== 0) this.#state.raise({ kind: "UNALIGNED" });
    else if (at < 0 || at + 4 > WINDOW.bytes) {
      this.#state.raise({ kind: "PRECISERR", address: address >>> 0 });
    } else return at;
    return undefined;
  }
}

/** The effects that FP instructions have. */
class FpEffects implements CoreEffects {
  /** False: the access check fails. */
  enabled = true;
  checks = 0;
  readonly #state: CpuState;

  constructor(state: CpuState) {
    this.#state = state;
  }
  run(effect: Effect, operand: number): void {
    if (effect.name !== "VMSR") throw new Error(`effect ${effect.name}`);
    this.#state.fpscr = operand & 0xf7c0_009f;
  }
  value(effect: ValueEffect): number {
    if (effect.name !== "VMRS") throw new Error(`effect ${effect.name}`);
    return this.#state.fpscr;
  }
  fpCheck(): void {
    this.checks++;
    if (!this.enabled) this.#state.raise({ kind: "NOCP" });
  }
}

export class FpMachine {
  readonly state = new CpuState(new WebAssembly.Memory({ initial: LAYOUT.guest / 0x1_0000 }));
  readonly effects = new FpEffects(this.state);
  readonly memory: DataView;
  readonly #evaluator: Evaluator;
  readonly #decoder: Decoder;

  constructor(features: ReadonlySet<Feature>) {
    const bus = new Window(this.state);
    this.memory = bus.memory;
    this.#decoder = new Decoder(TABLE, features);
    const core = new Core(this.state, bus, this.effects);
    this.#evaluator = new Evaluator(core, {
      skipped: () => undefined,
      divide: () => undefined,
      double: () => undefined,
    });
  }

  /** Whether `word` is an instruction of this core, and one of its FP rows. */
  isFP(word: number): boolean {
    return this.#decoder.decode(word, 4)?.insn.feature.startsWith("FP") === true;
  }

  /** Executes the instruction `word` at `pc`; faults are left in `state`. */
  execute(word: number, pc: number): void {
    const decoded = this.#decoder.decode(word, 4);
    if (decoded === null) throw new Error(`${word.toString(16)} is UNDEFINED`);
    const x = new Builder(pc);
    decoded.insn.sem(decoded.o, x);
    this.state.words[15] = pc + 4;
    this.state.words[W.exit] = 0;
    this.state.fault = undefined;
    this.#evaluator.run(x.statements);
  }
}
