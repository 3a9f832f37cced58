import type { Exceptions } from "../../core/exceptions.ts";
import type { AccessSize, Peripheral, PeripheralContext } from "../peripheral.ts";
import type { CortexMConfig, CortexMHooks } from "./config.ts";
import { CoreDebug } from "./core-debug.ts";
import { DWT } from "./dwt.ts";
import { addFPU } from "./fpu.ts";
import { Identification } from "./identification.ts";
import { ITM } from "./itm.ts";
import { M7Memory } from "./m7-memory.ts";
import { MPU } from "./mpu.ts";
import { addNVIC, NVIC, stirIsOpen } from "./nvic.ts";
import { addSCB } from "./scb.ts";
import { SysTick } from "./systick.ts";
import { WordRegisters } from "./word-registers.ts";

/** The 4 KiB blocks of the private peripheral bus, by offset from its base. */
const BLOCK = {
  ITM: 0x0_0000,
  DWT: 0x0_1000,
  FPB: 0x0_2000,
  SCS: 0x0_e000,
  TPIU: 0x4_0000,
  ETM: 0x4_1000,
} as const;
const BLOCK_MASK = ~0xfff;
const ACTLR = 0x008;
/** Blocks that only a debugger's trace tools need: they keep what is written and report it. */
const KNOWN_BLOCKS: readonly (readonly [number, string])[] = [
  [BLOCK.FPB, "FPB"],
  [BLOCK.TPIU, "TPIU"],
  [BLOCK.ETM, "ETM"],
];

interface Saved {
  readonly exceptions: unknown;
  readonly systick: ReturnType<SysTick["save"]>;
  readonly dwt: ReturnType<DWT["save"]>;
  readonly itm: ReturnType<ITM["save"]>;
  readonly mpu: ReturnType<MPU["save"]>;
  readonly identification: number;
  readonly m7Memory: ReturnType<M7Memory["save"]>;
  readonly debug: number;
  readonly ACTLR: number;
  readonly kept: readonly (readonly [number, number])[];
}

/**
 * The private peripheral bus of a core, from the ITM to the ETM: 0xE000_0000 to 0xE004_1FFF. Vendors place their own
 * debug registers above. Unprivileged access is a bus fault except where `reachableUnprivileged` says otherwise.
 */
export class CortexM implements Peripheral {
  readonly name = "PPB";
  readonly base = 0xe000_0000;
  readonly size = 0x4_2000;
  readonly exceptions: Exceptions;
  readonly mpu: MPU;
  readonly #context: Pick<PeripheralContext, "scheduler" | "clocks" | "unmodelled">;
  readonly #scs = new WordRegisters();
  readonly #systick: SysTick;
  readonly #dwt: DWT;
  readonly #itm: ITM;
  readonly #debug: CoreDebug;
  readonly #identification = new Identification();
  readonly #m7Memory: M7Memory;
  readonly #kept = new Map<number, number>();
  #ACTLR = 0;

  constructor(
    exceptions: Exceptions,
    config: CortexMConfig,
    context: Pick<PeripheralContext, "scheduler" | "clocks" | "unmodelled">,
    hooks: CortexMHooks,
  ) {
    this.exceptions = exceptions;
    this.#context = context;
    const unmodelled = (register: string, access: "read" | "write"): void =>
      context.unmodelled(this.name, register, access);
    this.mpu = new MPU(exceptions, config.mpuRegions, (areas) => hooks.mpuChanged(areas));
    this.#systick = new SysTick(exceptions, context.scheduler, context.clocks, config);
    this.#dwt = new DWT(exceptions, context.scheduler, config, hooks, unmodelled);
    this.#itm = new ITM(exceptions, config, hooks, unmodelled);
    this.#debug = new CoreDebug(exceptions, config);
    this.#m7Memory = new M7Memory(config, (register) => unmodelled(register, "write"));
    this.#addSCS(config, hooks, unmodelled);
    this.#debug.reset();
  }

  #addSCS(
    config: CortexMConfig,
    hooks: CortexMHooks,
    unmodelled: (register: string, access: "read" | "write") => void,
  ): void {
    const scs = this.#scs;
    addNVIC(scs, this.exceptions);
    addSCB(scs, this.exceptions, config, hooks);
    addFPU(scs, this.exceptions, config);
    this.#identification.add(scs, config);
    this.#m7Memory.add(scs, hooks);
    this.#systick.add(scs);
    this.mpu.add(scs);
    this.#debug.add(scs, () => this.#dwt.enableChanged(), unmodelled);
    scs.add(ACTLR, {
      read: () => this.#ACTLR,
      write: (value) => {
        if (value !== this.#ACTLR) unmodelled("ACTLR", "write");
        this.#ACTLR = value;
      },
    });
  }

  read(offset: number, size: AccessSize): number | undefined {
    const inBlock = offset & ~BLOCK_MASK;
    switch (offset & BLOCK_MASK) {
      case BLOCK.SCS:
        return this.#scs.read(inBlock, size);
      case BLOCK.DWT:
        return this.#dwt.registers.read(inBlock, size);
      case BLOCK.ITM:
        return this.#itm.read(inBlock, size);
      default:
        return this.#readKnown(offset);
    }
  }
  write(offset: number, size: AccessSize, value: number): boolean {
    const inBlock = offset & ~BLOCK_MASK;
    switch (offset & BLOCK_MASK) {
      case BLOCK.SCS:
        this.#scs.write(inBlock, size, value);
        return true;
      case BLOCK.DWT:
        this.#dwt.registers.write(inBlock, size, value);
        return true;
      case BLOCK.ITM:
        this.#itm.write(inBlock, size, value);
        return true;
      default:
        return this.#writeKnown(offset, value);
    }
  }

  #knownName(offset: number): string | undefined {
    const block = KNOWN_BLOCKS.find(([base]) => base === (offset & BLOCK_MASK));
    return block === undefined ? undefined : `${block[1]}+0x${(offset & ~BLOCK_MASK).toString(16)}`;
  }
  #readKnown(offset: number): number | undefined {
    const name = this.#knownName(offset);
    if (name === undefined) return undefined;
    this.#context.unmodelled(this.name, name, "read");
    return this.#kept.get(offset) ?? 0;
  }
  #writeKnown(offset: number, value: number): boolean {
    const name = this.#knownName(offset);
    if (name === undefined) return false;
    this.#context.unmodelled(this.name, name, "write");
    this.#kept.set(offset, value);
    return true;
  }

  /** Whether unprivileged code may make the access: STIR while USERSETMPEND, and open stimulus ports. */
  reachableUnprivileged(offset: number, isWrite: boolean): boolean {
    if (offset === BLOCK.SCS + NVIC.STIR) return isWrite && stirIsOpen(this.exceptions);
    return (offset & BLOCK_MASK) === BLOCK.ITM && this.#itm.isOpen(offset);
  }

  /** Power-on state of everything here but the exception model, which `Exceptions.takeReset` resets. */
  reset(): void {
    this.#systick.reset();
    this.#debug.reset();
    this.#dwt.reset();
    this.#itm.reset();
    this.mpu.reset();
    this.#identification.reset();
    this.#m7Memory.reset();
    this.#kept.clear();
    this.#ACTLR = 0;
  }

  save(): unknown {
    const saved: Saved = {
      exceptions: this.exceptions.save(),
      systick: this.#systick.save(),
      dwt: this.#dwt.save(),
      itm: this.#itm.save(),
      mpu: this.mpu.save(),
      identification: this.#identification.save(),
      m7Memory: this.#m7Memory.save(),
      debug: this.#debug.save(),
      ACTLR: this.#ACTLR,
      kept: [...this.#kept],
    };
    return saved;
  }
  restore(from: unknown): void {
    const saved = from as Saved; // only ever what `save` gave
    this.exceptions.restore(saved.exceptions);
    this.#systick.restore(saved.systick);
    this.#dwt.restore(saved.dwt);
    this.#itm.restore(saved.itm);
    this.mpu.restore(saved.mpu);
    this.#identification.restore(saved.identification);
    this.#m7Memory.restore(saved.m7Memory);
    this.#debug.restore(saved.debug);
    this.#ACTLR = saved.ACTLR;
    this.#kept.clear();
    for (const [offset, value] of saved.kept) this.#kept.set(offset, value);
  }
}
