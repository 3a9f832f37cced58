import type { Random } from "../../exec/random.ts";
import { Assembler, COND, type Label, narrow, wide } from "./assembler.ts";
import { itBlock, KEPT, type RandomInstructions } from "./instructions.ts";

/** Where programs of a board lie. */
export interface FuzzBoard {
  readonly id:
    "mps2-an386" | "nucleo-f746zg" | "nucleo-l4r5zi" | "nucleo-h743zi2" | "arduino-nano-33-ble" | "frdm-k64f";
  /** Where the image may lie: one is picked. */
  readonly code: readonly number[];
  /** RAM of at least 64 KB. */
  readonly ram: number;
  /** The register that sets flash latency, accelerators and prefetch, and its bits that may be set. */
  readonly flash: { readonly register: number; readonly bits: number } | undefined;
  readonly hasCaches: boolean;
  /** Its programs compute with doubles too. */
  readonly hasDoubles?: boolean;
}

export const FUZZ_BOARDS: readonly FuzzBoard[] = [
  { id: "mps2-an386", code: [0], ram: 0x2000_0000, flash: undefined, hasCaches: false },
  {
    id: "nucleo-f746zg",
    code: [0x0800_0000, 0x0020_0000],
    ram: 0x2001_0000,
    flash: { register: 0x4002_3c00, bits: 0x307 },
    hasCaches: true,
  },
  {
    id: "nucleo-l4r5zi",
    code: [0x0800_0000],
    ram: 0x2000_0000,
    flash: { register: 0x4002_2000, bits: 0x703 },
    hasCaches: false,
  },
  {
    id: "nucleo-h743zi2",
    code: [0x0800_0000],
    ram: 0x2400_0000,
    flash: undefined,
    hasCaches: true,
    hasDoubles: true,
  },
  {
    id: "arduino-nano-33-ble",
    code: [0],
    ram: 0x2000_0000,
    flash: { register: 0x4001_e540, bits: 1 },
    hasCaches: false,
  },
  { id: "frdm-k64f", code: [0], ram: 0x2000_0000, flash: undefined, hasCaches: false },
  // Its RAM here has wait states.
  {
    id: "nucleo-l4r5zi",
    code: [0x0800_0000],
    ram: 0x2004_0000,
    flash: { register: 0x4002_2000, bits: 0x703 },
    hasCaches: false,
  },
  // Code and data in one memory behind the code buses, and data in it over the System bus as well.
  {
    id: "nucleo-l4r5zi",
    code: [0x0800_0000, 0x1000_0000],
    ram: 0x1000_0000,
    flash: { register: 0x4002_2000, bits: 0x703 },
    hasCaches: false,
  },
  {
    id: "nucleo-l4r5zi",
    code: [0x1000_0000],
    ram: 0x2003_0000,
    flash: { register: 0x4002_2000, bits: 0x703 },
    hasCaches: false,
  },
];

/** A program: an image, code that belongs in RAM, and where to look for results. */
export interface FuzzProgram {
  readonly image: Uint8Array;
  readonly loadAddress: number;
  readonly ramCode: { readonly address: number; readonly bytes: Uint8Array };
  /** First byte of the data that the program works on, and how many. */
  readonly data: { readonly address: number; readonly size: number };
}

const SYST_CSR = 0xe000_e010;
const SYST_RVR = 0xe000_e014;
const ICSR = 0xe000_ed04;
const VTOR = 0xe000_ed08;
const CCR = 0xe000_ed14;
const SHCSR = 0xe000_ed24;
const CFSR = 0xe000_ed28;
const CPACR = 0xe000_ed88;
const DEMCR = 0xe000_edfc;
const DWT_CTRL = 0xe000_1000;
const CYCCNT = 0xe000_1004;
const DSB = wide(0xf3bf_8f4f);
const ISB = wide(0xf3bf_8f6f);
const BX_LR = narrow(0x4770);
const VECTORS = 128;
/** Offset in RAM of the counters that handlers keep. */
const COUNTERS = 0xe000;

const ldr = (Rt: number, Rn: number, offset = 0) => wide(0xf8d0_0000 | (Rn << 16) | (Rt << 12) | offset);
const str = (Rt: number, Rn: number, offset = 0) => wide(0xf8c0_0000 | (Rn << 16) | (Rt << 12) | offset);
const addSmall = (Rd: number, imm8: number) => narrow(0x3000 | (Rd << 8) | imm8);
const low = (random: Random): number => random.below(8);

/** Makes one random program. */
export class ProgramMaker {
  readonly #random: Random;
  readonly #board: FuzzBoard;
  readonly #instructions: RandomInstructions;
  /** Functions that may be called from what is being made now: made earlier. */
  readonly #functions: Label[] = [];
  /** Instructions in RAM that may be overwritten. */
  readonly #slots: Label[] = [];
  #asm: Assembler;

  constructor(random: Random, board: FuzzBoard, instructions: RandomInstructions) {
    this.#random = random;
    this.#board = board;
    this.#instructions = instructions;
    this.#asm = new Assembler(0);
  }

  make(): FuzzProgram {
    const random = this.#random;
    const { ram } = this.#board;
    const loadAddress = random.pick(this.#board.code);
    const data = ram + 0x4000;
    // Sometimes the code shares a page with the data.
    const ramCode = new Assembler(random.chance(0.5) ? data + 0x3800 : ram + 0x9000);
    this.#asm = ramCode;
    for (let n = random.below(3); n >= 0; n--) this.#function();
    const flash = new Assembler(loadAddress + 4 * VECTORS);
    this.#asm = flash;
    const tick = this.#tickHandler();
    const fault = this.#faultHandler();
    for (let n = 1 + random.below(4); n > 0; n--) this.#function();
    const reset = flash.label();
    flash.bind(reset);
    this.#start(loadAddress, data);
    this.#mainLoop();
    const body = flash.bytes();
    const image = new Uint8Array(4 * VECTORS + body.length);
    const view = new DataView(image.buffer);
    for (let n = 0; n < VECTORS; n++) view.setUint32(4 * n, (n >= 8 ? tick : fault).address! | 1, true);
    view.setUint32(0, ram + 0xd000, true);
    view.setUint32(4, reset.address! | 1, true);
    image.set(body, 4 * VECTORS);
    return {
      image,
      loadAddress,
      ramCode: { address: ramCode.start, bytes: ramCode.bytes() },
      data: { address: ram, size: 0x1_0000 },
    };
  }

  /** SysTick, PendSV, SVC: counts, adds up the cycle counter, so that every entry's time shows. */
  #tickHandler(): Label {
    const asm = this.#asm;
    const handler = asm.label();
    asm
      .bind(handler)
      .constant(0, this.#board.ram + COUNTERS)
      .put(ldr(1, 0), addSmall(1, 1), str(1, 0));
    asm.constant(2, CYCCNT).put(ldr(3, 2), ldr(1, 0, 4), narrow(0x4059), str(1, 0, 4)); // EORS R1, R3
    if (this.#random.chance(0.5)) asm.put(wide(0xee30_0a20)); // VADD.F32 S0, S0, S1
    asm.put(BX_LR);
    return handler;
  }

  /** Faults: goes on behind the instruction. */
  #faultHandler(): Label {
    const asm = this.#asm;
    const handler = asm.label();
    const isNarrow = asm.label();
    asm
      .bind(handler)
      .constant(0, this.#board.ram + COUNTERS)
      .put(ldr(1, 0, 8), addSmall(1, 1), str(1, 0, 8));
    asm.constant(2, CFSR).put(ldr(1, 2), str(1, 2), ldr(3, 0, 12), narrow(0x404b), str(3, 0, 12)); // EORS R3, R1
    asm.put(ldr(1, 13, 24), narrow(0x880a)); // LDRH R2, [R1]
    asm.put(narrow(0x0ad2), narrow(0x2a1d)); // LSRS R2, R2, #11; CMP R2, #29
    asm.branch(isNarrow, COND.lt).put(addSmall(1, 2)).bind(isNarrow);
    asm.put(addSmall(1, 2), str(1, 13, 24), BX_LR);
    return handler;
  }

  #store(register: number, value: number): void {
    this.#asm.constant(0, register).constant(1, value).put(str(1, 0));
  }

  #start(vectors: number, data: number): void {
    const random = this.#random;
    const asm = this.#asm;
    this.#store(VTOR, vectors);
    this.#store(CPACR, random.chance(0.9) ? 0xf0_0000 : 0);
    asm.put(DSB, ISB);
    this.#store(DEMCR, 1 << 24);
    this.#store(DWT_CTRL, 1);
    this.#store(SHCSR, random.chance(0.7) ? 0x7_0000 : 0);
    const { flash, hasCaches } = this.#board;
    if (flash !== undefined) this.#store(flash.register, random.word() & flash.bits);
    const caches = hasCaches ? random.below(4) << 16 : 0;
    this.#store(CCR, 0x200 | caches | (random.chance(0.3) ? 0x10 : 0) | (random.chance(0.2) ? 8 : 0));
    asm.put(DSB, ISB);
    if (random.chance(0.8)) {
      this.#store(SYST_RVR, 60 + random.below(random.pick([100, 1000, 10_000])));
      this.#store(SYST_CSR, 7);
    }
    for (let n = 0; n < 13; n++) asm.constant(n, random.chance(0.3) ? random.below(256) : random.word());
    asm.constant(KEPT.base, data + 0x1000);
    asm.constant(KEPT.walking, data + 0x1000);
    asm.constant(KEPT.outer, 1 << 30);
  }

  /** Runs for ever, as far as anyone looks. */
  #mainLoop(): void {
    const asm = this.#asm;
    const again = asm.label();
    asm.bind(again);
    this.#body(3 + this.#random.below(5), 0);
    asm.put(wide(0xf1b0_0001 | (KEPT.outer << 16) | (KEPT.outer << 8))); // SUBS.W R11, R11, #1
    asm.branch(again);
  }

  /** A function that keeps the loop counter. */
  #function(): void {
    const asm = this.#asm;
    const entry = asm.label();
    const kept = (1 << 4) | (1 << KEPT.counter);
    asm.bind(entry).put(wide(0xe92d_0000 | kept | (1 << 14)));
    this.#body(1 + this.#random.below(4), 1);
    asm.put(wide(0xe8bd_0000 | kept | (1 << 15)));
    this.#functions.push(entry);
  }

  #body(segments: number, depth: number): void {
    for (let n = 0; n < segments; n++) this.#segment(depth);
  }

  #segment(depth: number): void {
    const random = this.#random;
    const dice = random.below(100);
    if (dice < 5) this.#memories();
    else if (dice < 25) this.#line();
    else if (dice < 45) this.#loop(depth);
    else if (dice < 57) this.#skip(depth);
    else if (dice < 67) this.#call();
    else if (dice < 72) this.#table(depth);
    else if (dice < 82) this.#registerAccess();
    else if (dice < 88) this.#patch();
    else if (dice < 92) this.#faulting();
    else if (dice < 95) this.#pend();
    else if (dice < 97) this.#mask();
    else if (dice < 99) this.#fpscr();
    else this.#asm.put(narrow(0xbf30)); // WFI
  }

  #line(): void {
    const random = this.#random;
    for (let n = random.below(12); n >= 0; n--) {
      if (random.chance(0.12)) this.#asm.put(...itBlock(random, this.#instructions));
      else this.#asm.put(...this.#instructions.next(random, false));
    }
  }

  #loop(depth: number): void {
    const random = this.#random;
    const asm = this.#asm;
    const again = asm.label();
    asm.constant(KEPT.counter, 1 + random.below(random.pick([4, 20, 60])));
    asm.bind(again);
    this.#line();
    if (depth < 2 && random.chance(0.5)) {
      if (random.chance(0.5)) this.#skip(2);
      else if (random.chance(0.5)) this.#call();
      else this.#registerAccess();
    }
    asm.put(wide(0xf1b0_0001 | (KEPT.counter << 16) | (KEPT.counter << 8)));
    asm.branch(again, random.pick([COND.ne, COND.ne, COND.hi, COND.ge]));
  }

  #skip(depth: number): void {
    const random = this.#random;
    const asm = this.#asm;
    const behind = asm.label();
    asm.branch(behind, random.below(14));
    if (depth < 2 && random.chance(0.3)) this.#body(1, depth + 1);
    else this.#line();
    asm.bind(behind);
  }

  /** Only what is complete is called, so that no call comes back to its caller. */
  #call(): void {
    const random = this.#random;
    if (this.#functions.length === 0) return;
    const [a, b] = [random.pick(this.#functions), random.pick(this.#functions)];
    const asm = this.#asm;
    if (random.chance(0.3)) {
      // TST R4, #1; ITE EQ; MOV R5, …; MOV R5, …: two targets in turn
      asm
        .constant(5, a)
        .constant(6, b)
        .put(wide(0xf014_0f01), narrow(0xbf08), narrow(0x4635), narrow(0x47a8));
    } else if (sameRange(a.address!, asm.here)) asm.call(a);
    else asm.constant(6, a).put(narrow(0x47b0));
  }

  #table(depth: number): void {
    const random = this.#random;
    const asm = this.#asm;
    const targets = [asm.label(), asm.label(), asm.label(), asm.label()];
    const behind = asm.label();
    const index = low(random);
    asm.put(wide(0xf000_0003 | (index << 16) | (index << 8))); // AND.W Rn, Rn, #3
    asm.tableBranch(index, targets);
    for (const target of targets) {
      asm.bind(target).put(...this.#instructions.next(random, false));
      if (depth < 2 && random.chance(0.2)) this.#line();
      if (random.chance(0.8)) asm.branch(behind);
    }
    asm.bind(behind);
  }

  /** Reads time in the middle of a block. */
  #registerAccess(): void {
    const random = this.#random;
    const [address, value] = [low(random), low(random)];
    const asm = this.#asm;
    asm.constant(address, random.pick([CYCCNT, CYCCNT, SYST_RVR + 4, SYST_CSR, ICSR]));
    for (let n = random.below(3); n > 0; n--) {
      const words = this.#instructions.next(random, false);
      if (words.length === 1 && words[0]!.word >>> 28 !== 0xe) asm.put(narrow(0xbf00));
    }
    asm.put(ldr(value, address));
    this.#line();
    if (random.chance(0.15)) {
      asm.constant(address, SYST_RVR).constant(value, 50 + random.below(3000));
      asm.put(str(value, address));
    }
  }

  /** Loads that follow each other at once, from code, data and the core's registers in turn. */
  #memories(): void {
    const [random, asm] = [this.#random, this.#asm];
    const { code, ram } = this.#board;
    const bases = [code[0]!, ram + 0x4000, ram + 0x4000, CYCCNT - 4, SYST_CSR - 4];
    for (const Rn of [4, 5, 6]) asm.constant(Rn, random.pick(bases));
    for (let n = 2 + random.below(6); n > 0; n--) {
      const [Rt, Rn] = [random.below(4), 4 + random.below(3)];
      const dice = random.below(8);
      if (dice === 0) asm.put(narrow(0xbf08 | (random.below(14) << 4))); // IT
      if (dice < 5)
        asm.put(narrow(0x6840 | (Rn << 3) | Rt)); // LDR Rt, [Rn, #4]
      else if (dice < 7) asm.put(ldr(Rt, Rn, 8));
      else asm.put(wide(0xed90_0a01 | (Rn << 16) | (Rt << 12))); // VLDR S, [Rn, #4]
    }
  }

  /** Overwrites an instruction in RAM: one of several ADD.W. */
  #patch(): void {
    const random = this.#random;
    const asm = this.#asm;
    if (asm.start >= this.#board.ram) {
      const slot = asm.label();
      asm.bind(slot).put(wide(0xf100_0001 | (low(random) << 16) | (low(random) << 8)));
      this.#slots.push(slot);
      if (random.chance(0.7)) return;
    }
    if (this.#slots.length === 0) return;
    const Rd = low(random);
    const word = 0xf100_0000 | (Rd << 16) | (Rd << 8) | random.below(256);
    asm.constant(0, random.pick(this.#slots)).constant(1, (word << 16) | (word >>> 16));
    asm.put(narrow(0x3801), str(1, 0)); // SUBS R0, #1: the label has the Thumb bit
    // Other bytes in every round: the low byte of the immediate from the outer counter.
    if (random.chance(0.5)) asm.put(wide(0xf880_0002 | (KEPT.outer << 12)));
    if (random.chance(0.8)) asm.put(DSB, ISB);
  }

  #faulting(): void {
    const random = this.#random;
    const asm = this.#asm;
    const [a, b] = [low(random), low(random)];
    switch (random.below(5)) {
      case 0:
        asm.put(narrow(0xde00 | random.below(256))); // UDF
        return;
      case 1:
        asm.constant(b, 0).put(wide(0xfb90_f0f0 | (a << 16) | (a << 8) | b)); // SDIV, traps if CCR says so
        return;
      case 2:
        asm.constant(a, 0x3000_0000 + 4 * random.below(64)).put(random.chance(0.5) ? ldr(b, a) : str(b, a));
        return;
      case 3: {
        asm.constant(a, this.#board.ram + 0x4001);
        asm.put(wide(0xe890_0000 | (a << 16) | (1 << b) | (1 << ((b + 1) & 7)))); // LDM, not aligned
        return;
      }
      default:
        asm.put(narrow(0xdf00 | random.below(256))); // SVC
    }
  }

  /** Makes PendSV or SysTick pending. */
  #pend(): void {
    const random = this.#random;
    this.#asm.constant(0, ICSR).constant(1, random.pick([1 << 28, 1 << 26, 1 << 25]));
    this.#asm.put(str(1, 0));
  }

  /** CPSID I; …; CPSIE I */
  #mask(): void {
    this.#asm.put(narrow(0xb672));
    this.#line();
    this.#asm.put(narrow(0xb662));
  }

  #fpscr(): void {
    const random = this.#random;
    const modes = random.chance(0.3) ? random.word() & 0x07c0_0000 : 0;
    const Rt = low(random);
    this.#asm.constant(Rt, modes | (random.chance(0.8) ? 0x10 : 0));
    if (random.chance(0.8)) this.#asm.put(wide(0xeee1_0a10 | (Rt << 12)));
    this.#asm.put(wide(0xeef1_0a10 | (low(random) << 12)));
  }
}

/** Whether BL reaches. */
const sameRange = (a: number, b: number): boolean => Math.abs(a - b) < 0x80_0000;
