import type { Alarm } from "../alarm.ts";
import type { PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { known, readOnly, storage, type Register, type RegisterSpec } from "../registers.ts";
import { KEYS, KeySequence, OPTION_KEYS, Stm32Flash } from "./flash.ts";

/** Flags of SR; CR enables their interrupts at the same bits. */
const SR = {
  BSY: 1,
  WBNE: 2,
  QW: 4,
  EOP: 1 << 16,
  PGSERR: 1 << 18,
  STRBERR: 1 << 19,
  INCERR: 1 << 21,
} as const;
const FLAGS = 0x1fff_0000;
const CR = { LOCK: 1, PG: 2, SER: 4, BER: 8 } as const;
const OPTCR = { OPTLOCK: 1, OPTSTART: 2, MER: 1 << 4 } as const;

/** Where H743 and H7A3 differ. */
interface Layout {
  readonly acr: number;
  readonly cr: number;
  /** Bytes of a flash word: what one program operation takes. */
  readonly wordBytes: number;
  readonly FW: number;
  readonly START: number;
  /** Lowest bit and width of SNB. */
  readonly SNB: readonly [number, number];
  readonly programSeconds: number;
  readonly sectorSeconds: number;
}

/**
 * H743: 256-bit words, 128 KiB sectors; times at parallelism x64.
 * @source RM0433 "FLASH registers"; DS12110 "Flash memory programming", recalled, not re-read
 */
const H743: Layout = {
  acr: 0x37,
  cr: 0x31,
  wordBytes: 32,
  FW: 1 << 6,
  START: 1 << 7,
  SNB: [8, 3],
  programSeconds: 100e-6,
  sectorSeconds: 1,
};
/** H7A3: 128-bit words, 8 KiB sectors. @source RM0455 "FLASH registers"; times estimated, DS13195 not read */
const H7A3: Layout = {
  acr: 0x13,
  cr: 0x01,
  wordBytes: 16,
  FW: 1 << 4,
  START: 1 << 5,
  SNB: [6, 7],
  programSeconds: 20e-6,
  sectorSeconds: 2.2e-3,
};

interface SavedBank {
  readonly key: ReturnType<KeySequence["save"]>;
  readonly word: number;
  readonly written: readonly number[];
}

/** One bank: its lock, its control and status registers, its write buffer. */
class Bank {
  readonly key = new KeySequence(KEYS);
  /** Offset in the array of the flash word in the buffer; -1 while empty. */
  word = -1;
  /** Bytes of the buffer by their index; a byte not written programs as 0xFF. */
  readonly written = new Map<number, number>();
  readonly first: number;
  readonly size: number;
  readonly registers: () => { readonly cr: Register; readonly sr: Register };

  constructor(first: number, size: number, registers: Bank["registers"]) {
    this.first = first;
    this.size = size;
    this.registers = registers;
  }

  reset(): void {
    this.key.reset();
    this.empty();
  }
  empty(): void {
    this.word = -1;
    this.written.clear();
  }
}

/**
 * Flash controller of STM32H7: two banks, each with a buffer of one flash word. A store without PG is dropped and sets
 * PGSERR, with no error on the bus. @source RM0433, RM0399, RM0455 "Embedded Flash memory"
 */
export class Stm32H7Flash extends Stm32Flash {
  readonly #layout = /^STM32H7[AB]/.test(this.context.mcu) ? H7A3 : H743;
  readonly #optionKey = new KeySequence(OPTION_KEYS);
  readonly #banks: readonly [Bank, Bank];
  readonly #done: readonly [Alarm, Alarm];

  protected readonly r = this.define({
    ACR: { offset: 0x00, reset: this.#layout.acr, rw: 0x3f, write: () => this.settingsChanged() },
    ...this.#bankRegisters(1),
    ...this.#bankRegisters(2),
    OPTKEYR: { offset: 0x08, writeOnly: true, write: (word) => this.#unlockOptions(word) },
    OPTCR: { offset: 0x18, reset: OPTCR.OPTLOCK, rw: 0, write: (_v, _p, bits) => this.#writeOPTCR(bits) },
    OPTSR_CUR: readOnly(0x1c, 0x1bc6_aaf0),
    OPTSR_PRG: storage(0x20, 0x1bc6_aaf0),
    OPTCCR: { offset: 0x24, writeOnly: true },
    BOOT_CUR: readOnly(0x40, 0x1ff0_0800),
    BOOT_PRG: storage(0x44, 0x1ff0_0800),
  });

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    const half = this.memory.size / 2;
    this.#banks = [
      new Bank(0, half, () => ({ cr: this.r.CR1, sr: this.r.SR1 })),
      new Bank(half, half, () => ({ cr: this.r.CR2, sr: this.r.SR2 })),
    ];
    this.#done = [this.alarm(() => this.#complete(0)), this.alarm(() => this.#complete(1))];
  }

  get waitStates(): number {
    return this.r.ACR.bits(0, 4);
  }
  get prefetch(): boolean {
    return false;
  }
  get instructionCache(): boolean {
    return false;
  }
  get dataCache(): boolean {
    return false;
  }
  get art(): boolean {
    return false;
  }
  get busyUntil(): number {
    return this.#done[0].cycle ?? -1;
  }

  override reset(): void {
    for (const bank of this.#banks) bank.reset();
    this.#optionKey.reset();
    super.reset();
  }

  protected store(offset: number, size: AccessSize, value: number): void {
    const index = offset < this.memory.size / 2 ? 0 : 1;
    const bank = this.#banks[index];
    const { cr, sr } = bank.registers();
    if (!cr.has(CR.PG) || sr.has(SR.INCERR)) {
      this.refused(offset, cr.has(CR.LOCK) ? "FLASH_CR is locked" : "FLASH_CR.PG is not set");
      this.#error(bank, SR.PGSERR);
      return;
    }
    const word = offset - (offset % this.#layout.wordBytes);
    if (bank.word >= 0 && bank.word !== word) {
      this.refused(offset, "another flash word is not complete");
      this.#error(bank, SR.INCERR);
      return;
    }
    bank.word = word;
    for (let i = 0; i < size; i++) {
      if (bank.written.has(offset - word + i)) this.#error(bank, SR.STRBERR);
      bank.written.set(offset - word + i, (value >>> (8 * i)) & 0xff);
    }
    sr.setBits(SR.WBNE);
    if (bank.written.size === this.#layout.wordBytes) this.#program(index);
  }

  protected override saveState(): unknown {
    const banks = this.#banks.map((bank): SavedBank => {
      const written = [...bank.written].flat();
      return { key: bank.key.save(), word: bank.word, written };
    });
    return { banks, optionKey: this.#optionKey.save() };
  }
  protected override restoreState(state: unknown): void {
    const saved = state as { banks: readonly SavedBank[]; optionKey: ReturnType<KeySequence["save"]> };
    this.#optionKey.restore(saved.optionKey);
    this.#banks.forEach((bank, i) => {
      const from = saved.banks[i]!;
      bank.key.restore(from.key);
      bank.empty();
      bank.word = from.word;
      for (let k = 0; k < from.written.length; k += 2)
        bank.written.set(from.written[k]!, from.written[k + 1]!);
    });
    this.settingsChanged();
  }

  #bankRegisters<N extends 1 | 2>(n: N) {
    const base = 0x100 * (n - 1);
    const index = (n - 1) as 0 | 1;
    const specs: Record<string, RegisterSpec> = {
      [`KEYR${n}`]: { offset: base + 0x04, writeOnly: true, write: (word) => this.#unlock(index, word) },
      [`CR${n}`]: {
        offset: base + 0x0c,
        reset: this.#layout.cr,
        rw: 0,
        write: (_v, _p, bits) => this.#writeCR(index, bits),
      },
      [`SR${n}`]: { offset: base + 0x10, rw: 0 },
      [`CCR${n}`]: { offset: base + 0x14, writeOnly: true, write: (bits) => this.#clear(index, bits) },
      [`WPSN_CUR${n}`]: readOnly(base + 0x38, 0xffff_ffff),
      [`WPSN_PRG${n}`]: storage(base + 0x3c, 0xffff_ffff),
      [`PRAR_PRG${n}`]: known(base + 0x2c, 0x00ff),
      [`SCAR_PRG${n}`]: known(base + 0x34, 0x00ff),
      [`CRCCR${n}`]: known(base + 0x50, 0x001c_0000),
      [`CRCSADD${n}`]: known(base + 0x54),
      [`CRCEADD${n}`]: known(base + 0x58),
      [`CRCDATA${n}`]: known(base + 0x5c),
      [`ECC_FA${n}`]: known(base + 0x60),
    };
    return specs as Record<`${"KEYR" | "CR" | "SR" | "CCR" | "WPSN_CUR" | "WPSN_PRG"}${N}`, RegisterSpec>;
  }

  #unlock(index: 0 | 1, word: number): void {
    const bank = this.#banks[index];
    const result = bank.key.enter(word);
    if (result === "open") bank.registers().cr.clearBits(CR.LOCK);
    this.busError = result === "wrong";
  }
  #unlockOptions(word: number): void {
    const result = this.#optionKey.enter(word);
    if (result === "open") this.r.OPTCR.clearBits(OPTCR.OPTLOCK);
    this.busError = result === "wrong";
  }

  #writeCR(index: 0 | 1, bits: number): void {
    const { FW, START } = this.#layout;
    const bank = this.#banks[index];
    const { cr } = bank.registers();
    if (cr.has(CR.LOCK)) return;
    cr.value = (bits & ~(FW | START)) >>> 0;
    if (!cr.has(CR.PG)) bank.empty();
    if ((bits & FW) !== 0 && bank.word >= 0) this.#program(index);
    if ((bits & START) !== 0) this.#erase(index);
    this.#updateIrq();
  }

  #erase(index: 0 | 1): void {
    const { SNB, sectorSeconds } = this.#layout;
    const bank = this.#banks[index];
    const { cr } = bank.registers();
    const size = this.sector(0)?.size ?? bank.size;
    if (cr.has(CR.BER)) {
      this.memory.erase(bank.first, bank.size);
      this.#busyFor(index, (sectorSeconds * bank.size) / size);
    } else if (cr.has(CR.SER)) {
      this.memory.erase(bank.first + size * cr.bits(...SNB), size);
      this.#busyFor(index, sectorSeconds);
    } else {
      this.#error(bank, SR.PGSERR);
    }
  }

  #program(index: 0 | 1): void {
    const bank = this.#banks[index];
    for (const [at, byte] of bank.written) this.programCells(bank.word + at, 1, byte);
    bank.empty();
    bank.registers().sr.clearBits(SR.WBNE);
    this.#busyFor(index, this.#layout.programSeconds);
  }

  #busyFor(index: 0 | 1, seconds: number): void {
    const { scheduler, clocks } = this.context;
    const done = this.#done[index];
    const waiting = Math.max(0, (done.cycle ?? 0) - scheduler.now()) / clocks.coreHz;
    this.#banks[index].registers().sr.setBits(SR.BSY | SR.QW);
    done.afterSeconds(waiting + seconds);
  }
  #complete(index: 0 | 1): void {
    const { sr } = this.#banks[index].registers();
    sr.clearBits(SR.BSY | SR.QW);
    sr.setBits(SR.EOP);
    this.#updateIrq();
  }
  #error(bank: Bank, flag: number): void {
    bank.registers().sr.setBits(flag);
    this.#updateIrq();
  }
  #clear(index: 0 | 1, bits: number): void {
    this.#banks[index].registers().sr.clearBits(bits & FLAGS);
    this.#updateIrq();
  }
  #updateIrq(): void {
    const raised = (bank: Bank): number => bank.registers().cr.value & bank.registers().sr.value & FLAGS;
    this.irq(
      "global",
      this.#banks.some((bank) => raised(bank) !== 0),
    );
  }

  #writeOPTCR(bits: number): void {
    const { OPTCR: optcr } = this.r;
    if (optcr.has(OPTCR.OPTLOCK)) return;
    if ((bits & OPTCR.OPTSTART) !== 0) this.context.unmodelled(this.name, "OPTCR.OPTSTART", "write");
    optcr.value = (bits & ~(OPTCR.OPTSTART | OPTCR.MER)) >>> 0;
    if ((bits & OPTCR.MER) === 0) return;
    for (const index of [0, 1] as const) {
      const { first, size } = this.#banks[index];
      this.memory.erase(first, size);
      this.#busyFor(index, (this.#layout.sectorSeconds * size) / (this.sector(0)?.size ?? size));
    }
  }
}
