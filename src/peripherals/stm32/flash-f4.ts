import type { AccessSize } from "../peripheral.ts";
import { storage } from "../registers.ts";
import { KEYS, KeySequence, OPTION_KEYS, Stm32Flash } from "./flash.ts";

const ACR = { PRFTEN: 1 << 8, ICEN: 1 << 9, DCEN: 1 << 10, ICRST: 1 << 11, DCRST: 1 << 12 } as const;
const SR = {
  EOP: 1 << 0,
  OPERR: 1 << 1,
  PGAERR: 1 << 5,
  PGPERR: 1 << 6,
  PGSERR: 1 << 7,
  BSY: 1 << 16,
} as const;
const CR = {
  PG: 1 << 0,
  SER: 1 << 1,
  MER: 1 << 2,
  MER1: 1 << 15,
  STRT: 1 << 16,
  EOPIE: 1 << 24,
  ERRIE: 1 << 25,
  LOCK: 2 ** 31,
} as const;
const OPTLOCK = 1 << 0;
const OPTSTRT = 1 << 1;

/** One byte, half-word or word. @source DS8626, DS10916 "Flash memory programming", typ 16 us */
const PROGRAM_SECONDS = 16e-6;
/**
 * Erase of a sector by its size in KiB, at parallelism x8, x16, x32, seconds typ.
 * @source DS8626 (16, 64, 128 KiB), DS10916 (32, 256 KiB; recalled, not re-read) "Flash memory programming"
 */
const ERASE_SECONDS: Readonly<Record<number, readonly [number, number, number]>> = {
  16: [0.4, 0.3, 0.25],
  32: [0.4, 0.25, 0.2],
  64: [1.2, 0.7, 0.55],
  128: [2, 1.3, 1],
  256: [2.1, 1.4, 1.1],
};

/**
 * Flash controller of STM32F4 and STM32F7. A wrong key gives a bus error and keeps CR shut until reset; a store to the
 * array without PG sets PGSERR (ERSERR on F7) and nothing else, as on silicon.
 * @source RM0090, RM0390, RM0385, RM0410 "Embedded Flash memory"
 */
export class Stm32F4Flash extends Stm32Flash {
  readonly #isF7 = this.config.type.startsWith("stm32f7");
  readonly #key = new KeySequence(KEYS);
  readonly #optionKey = new KeySequence(OPTION_KEYS);

  protected readonly r = this.define({
    ACR: {
      offset: 0x00,
      rw: 0x1f0f,
      write: (value, previous) => this.#writeACR(value, previous),
    },
    KEYR: { offset: 0x04, writeOnly: true, write: (word) => this.#unlock(word) },
    OPTKEYR: { offset: 0x08, writeOnly: true, write: (word) => this.#unlockOptions(word) },
    SR: { offset: 0x0c, rw: 0, w1c: 0x01f3, write: () => this.#updateIrq() },
    CR: { offset: 0x10, reset: CR.LOCK, rw: 0, write: (_v, _p, bits) => this.#writeCR(bits) },
    OPTCR: { offset: 0x14, reset: this.#optionReset, rw: 0, write: (_v, _p, bits) => this.#writeOPTCR(bits) },
    OPTCR1: storage(0x18, this.#isF7 ? 0x0040_0080 : 0x0fff_0000),
  });
  readonly #done = this.alarm(() => this.#complete());

  /** OPTCR as it leaves the factory. @source RM0390, RM0385, RM0410 "FLASH_OPTCR" */
  get #optionReset(): number {
    if (!this.#isF7) return 0x0fff_aaed;
    return /^STM32F7[67]/.test(this.context.mcu) ? 0xffff_aafd : 0xc0ff_aafd;
  }

  get waitStates(): number {
    return this.r.ACR.bits(0, 4);
  }
  get prefetch(): boolean {
    return this.r.ACR.has(ACR.PRFTEN);
  }
  get instructionCache(): boolean {
    return !this.#isF7 && this.r.ACR.has(ACR.ICEN);
  }
  get dataCache(): boolean {
    return !this.#isF7 && this.r.ACR.has(ACR.DCEN);
  }
  get art(): boolean {
    return this.#isF7 && this.r.ACR.has(ACR.ICEN); // ARTEN stands at the bit of ICEN
  }
  get busyUntil(): number {
    return this.#done.cycle ?? -1;
  }

  override reset(): void {
    this.#key.reset();
    this.#optionKey.reset();
    super.reset();
  }

  protected store(offset: number, size: AccessSize, value: number): void {
    const { CR: cr, SR: sr } = this.r;
    if (!cr.has(CR.PG)) {
      this.refused(offset, cr.has(CR.LOCK) ? "FLASH_CR is locked" : "FLASH_CR.PG is not set");
      this.#error(SR.PGSERR);
    } else if (offset % size !== 0) {
      this.#error(SR.PGAERR);
    } else if (size !== Math.min(4, 2 ** cr.bits(8, 2))) {
      this.refused(offset, `${size} bytes do not match FLASH_CR.PSIZE`);
      this.#error(SR.PGPERR);
    } else {
      this.programCells(offset, size, value);
      sr.setBits(SR.BSY);
      this.#busyFor(PROGRAM_SECONDS);
    }
  }

  protected override saveState(): unknown {
    return [this.#key.save(), this.#optionKey.save()];
  }
  protected override restoreState(state: unknown): void {
    const [key, optionKey] = state as [readonly [number, boolean], readonly [number, boolean]];
    this.#key.restore(key);
    this.#optionKey.restore(optionKey);
    this.settingsChanged();
  }

  #writeACR(value: number, previous: number): void {
    const rising = value & ~previous;
    if ((rising & ACR.ICRST) !== 0) this.cacheReset(this.#isF7 ? "art" : "instruction");
    if ((rising & ACR.DCRST) !== 0) this.cacheReset("data");
    this.settingsChanged();
  }

  #unlock(word: number): void {
    const result = this.#key.enter(word);
    if (result === "open") this.r.CR.clearBits(CR.LOCK);
    this.busError = result === "wrong";
  }
  #unlockOptions(word: number): void {
    const result = this.#optionKey.enter(word);
    if (result === "open") this.r.OPTCR.clearBits(OPTLOCK);
    this.busError = result === "wrong";
  }

  #writeCR(bits: number): void {
    const { CR: cr, SR: sr } = this.r;
    if (cr.has(CR.LOCK)) return;
    const masked = bits & 0x8301_83ff;
    // STRT and LOCK can only be set by software.
    cr.value = masked | (cr.value & CR.STRT);
    if ((bits & CR.STRT) !== 0 && !sr.has(SR.BSY)) this.#erase();
    this.#updateIrq();
  }

  #erase(): void {
    const { CR: cr } = this.r;
    const speed = Math.min(2, cr.bits(8, 2)) as 0 | 1 | 2;
    const mass = cr.has(CR.MER | CR.MER1);
    const sectors = mass ? this.#allSectors() : cr.has(CR.SER) ? [this.sector(this.#sectorNumber())] : [];
    let seconds = 0;
    for (const sector of sectors) {
      if (sector === undefined) continue;
      this.memory.erase(sector.offset, sector.size);
      seconds += ERASE_SECONDS[sector.size / 1024]?.[speed] ?? 1;
    }
    if (seconds === 0) {
      cr.clearBits(CR.STRT);
      this.#error(SR.PGSERR);
      return;
    }
    this.r.SR.setBits(SR.BSY);
    this.#busyFor(seconds);
  }

  /** SNB; the second bank of F42x starts at number 16. @source RM0090 "FLASH_CR" */
  #sectorNumber(): number {
    const number = this.r.CR.bits(3, 5);
    return number < 16 || this.#isF7 ? number : number - 4;
  }
  #allSectors() {
    const count = this.memory.sectors.reduce((sum, run) => sum + run.count, 0);
    return Array.from({ length: count }, (_, i) => this.sector(i));
  }

  #busyFor(seconds: number): void {
    // A store while the array is busy waits for it: its time comes behind.
    const { scheduler, clocks } = this.context;
    const waiting = Math.max(0, (this.#done.cycle ?? 0) - scheduler.now()) / clocks.coreHz;
    this.#done.afterSeconds(waiting + seconds);
  }

  #complete(): void {
    const { CR: cr, SR: sr } = this.r;
    sr.clearBits(SR.BSY);
    cr.clearBits(CR.STRT);
    if (cr.has(CR.EOPIE)) sr.setBits(SR.EOP);
    this.#updateIrq();
  }

  #error(flag: number): void {
    const { CR: cr, SR: sr } = this.r;
    sr.setBits(flag);
    if (cr.has(CR.ERRIE)) sr.setBits(SR.OPERR);
    this.#updateIrq();
  }

  #updateIrq(): void {
    const { CR: cr, SR: sr } = this.r;
    this.irq("global", (sr.has(SR.EOP) && cr.has(CR.EOPIE)) || (sr.has(SR.OPERR) && cr.has(CR.ERRIE)));
  }

  #writeOPTCR(bits: number): void {
    const { OPTCR } = this.r;
    if (OPTCR.has(OPTLOCK)) return;
    if ((bits & OPTSTRT) !== 0) this.context.unmodelled(this.name, "OPTCR.OPTSTRT", "write");
    OPTCR.value = bits & ~OPTSTRT;
  }
}
