import type { AccessSize } from "../peripheral.ts";
import { storage } from "../registers.ts";
import { KEYS, KeySequence, OPTION_KEYS, Stm32Flash, type Sector } from "./flash.ts";

const ACR = { PRFTEN: 1 << 8, ICEN: 1 << 9, DCEN: 1 << 10, ICRST: 1 << 11, DCRST: 1 << 12 } as const;
const SR = {
  EOP: 1 << 0,
  OPERR: 1 << 1,
  PROGERR: 1 << 3,
  WRPERR: 1 << 4,
  PGAERR: 1 << 5,
  SIZERR: 1 << 6,
  PGSERR: 1 << 7,
  BSY: 1 << 16,
} as const;
/** Any of these makes the next operation a sequence error. @source RM0351 "FLASH_SR", PGSERR */
const BLOCKING = SR.PROGERR | SR.WRPERR | SR.PGAERR | SR.SIZERR | SR.PGSERR;
const CR = {
  PG: 1 << 0,
  PER: 1 << 1,
  MER1: 1 << 2,
  BKER: 1 << 11,
  MER2: 1 << 15,
  STRT: 1 << 16,
  OPTSTRT: 1 << 17,
  FSTPG: 1 << 18,
  EOPIE: 1 << 24,
  ERRIE: 1 << 25,
  OBL_LAUNCH: 1 << 27,
  OPTLOCK: 1 << 30,
  LOCK: 2 ** 31,
} as const;
const ERASED = 0xffff_ffff;

/** @source DS11585, DS12023 "Flash memory characteristics": 64 bits typ 81.69 us, page 22.02 ms, mass 22.13 ms */
const PROGRAM_SECONDS = 81.69e-6;
const PAGE_ERASE_SECONDS = 22.02e-3;
const MASS_ERASE_SECONDS = 22.13e-3;

/**
 * Flash controller of STM32L4 and L4+: programs 64 bits at a time, into erased cells alone. A wrong key, or a key while
 * CR is open, gives a bus error and keeps CR shut until reset. Fast programming is reported and not done.
 * @source RM0351, RM0432 "Embedded Flash memory"
 */
export class Stm32L4Flash extends Stm32Flash {
  readonly #key = new KeySequence(KEYS);
  readonly #optionKey = new KeySequence(OPTION_KEYS);
  /** First half of a double word, waiting for the second. */
  #half: { offset: number; value: number } | undefined;
  /** The operation under way is in the first bank. */
  #inFirstBank = false;

  protected readonly r = this.define({
    ACR: {
      offset: 0x00,
      reset: 0x0000_0600,
      rw: 0x7f0f,
      write: (v, previous) => this.#writeACR(v, previous),
    },
    PDKEYR: { offset: 0x04, writeOnly: true },
    KEYR: { offset: 0x08, writeOnly: true, write: (word) => this.#unlock(word) },
    OPTKEYR: { offset: 0x0c, writeOnly: true, write: (word) => this.#unlockOptions(word) },
    SR: { offset: 0x10, rw: 0, w1c: 0xc3fb, write: () => this.#updateIrq() },
    CR: { offset: 0x14, reset: 0xc000_0000, rw: 0, write: (_v, _p, bits) => this.#writeCR(bits) },
    ECCR: { offset: 0x18, rw: 1 << 24 },
    OPTR: { offset: 0x20, reset: 0xffef_f8aa, rw: 0 },
    PCROP1SR: storage(0x24, 0xffff_ffff),
    PCROP1ER: storage(0x28, 0x7fff_0000),
    WRP1AR: storage(0x2c, 0xff00_ffff),
    WRP1BR: storage(0x30, 0xff00_ffff),
    PCROP2SR: storage(0x44, 0xffff_ffff),
    PCROP2ER: storage(0x48, 0x7fff_0000),
    WRP2AR: storage(0x4c, 0xff00_ffff),
    WRP2BR: storage(0x50, 0xff00_ffff),
    /** L4+: LVEN, for 1.05 V external SMPS. */
    CFGR: storage(0x130),
  });
  readonly #done = this.alarm(() => this.#complete());

  get waitStates(): number {
    return this.r.ACR.bits(0, 4);
  }
  get prefetch(): boolean {
    return this.r.ACR.has(ACR.PRFTEN);
  }
  get instructionCache(): boolean {
    return this.r.ACR.has(ACR.ICEN);
  }
  get dataCache(): boolean {
    return this.r.ACR.has(ACR.DCEN);
  }
  get art(): boolean {
    return false;
  }
  get busyUntil(): number {
    return this.#inFirstBank ? (this.#done.cycle ?? -1) : -1;
  }

  override reset(): void {
    this.#key.reset();
    this.#optionKey.reset();
    this.#half = undefined;
    super.reset();
  }

  protected store(offset: number, size: AccessSize, value: number): void {
    const { CR: cr, SR: sr } = this.r;
    if (!cr.has(CR.PG) || sr.has(BLOCKING)) {
      const why = cr.has(CR.LOCK)
        ? "FLASH_CR is locked"
        : "FLASH_CR.PG is not set, or FLASH_SR holds an error";
      this.refused(offset, why);
      this.#error(SR.PGSERR);
    } else if (size !== 4) {
      this.refused(offset, `${size} bytes; flash is programmed by 64 bits as two words`);
      this.#error(SR.SIZERR);
    } else if (this.#half === undefined && (offset & 7) === 0) {
      this.#half = { offset, value };
    } else if (this.#half !== undefined && offset === this.#half.offset + 4) {
      this.#programDoubleWord(this.#half.offset, this.#half.value, value);
    } else {
      this.refused(offset, "not the next word of an aligned double word");
      this.#half = undefined;
      this.#error(SR.PGAERR);
    }
  }

  protected override saveState(): unknown {
    return [this.#key.save(), this.#optionKey.save(), this.#half ?? null, this.#inFirstBank];
  }
  protected override restoreState(state: unknown): void {
    type Saved = [
      readonly [number, boolean],
      readonly [number, boolean],
      { offset: number; value: number } | null,
      boolean,
    ];
    const [key, optionKey, half, inFirstBank] = state as Saved;
    this.#key.restore(key);
    this.#optionKey.restore(optionKey);
    this.#half = half ?? undefined;
    this.#inFirstBank = inFirstBank;
    this.settingsChanged();
  }

  #programDoubleWord(offset: number, low: number, high: number): void {
    this.#half = undefined;
    const { memory } = this;
    const isErased = memory.read(offset, 4) === ERASED && memory.read(offset + 4, 4) === ERASED;
    if (!isErased && (low !== 0 || high !== 0)) {
      this.refused(offset, "the double word is not erased");
      this.#error(SR.PROGERR);
      return;
    }
    this.programCells(offset, 4, low);
    this.programCells(offset + 4, 4, high);
    this.#busyFor(PROGRAM_SECONDS, offset);
  }

  #writeACR(value: number, previous: number): void {
    const rising = value & ~previous;
    if ((rising & ACR.ICRST) !== 0) this.cacheReset("instruction");
    if ((rising & ACR.DCRST) !== 0) this.cacheReset("data");
    this.settingsChanged();
  }

  #unlock(word: number): void {
    const result = this.r.CR.has(CR.LOCK) ? this.#key.enter(word) : "wrong";
    if (result === "open") this.r.CR.clearBits(CR.LOCK);
    if (result === "wrong") this.r.CR.setBits(CR.LOCK);
    this.busError = result === "wrong";
  }
  #unlockOptions(word: number): void {
    const result = this.r.CR.has(CR.LOCK) ? "wrong" : this.#optionKey.enter(word);
    if (result === "open") this.r.CR.clearBits(CR.OPTLOCK);
    this.busError = result === "wrong";
  }

  #writeCR(bits: number): void {
    const { CR: cr, SR: sr } = this.r;
    if (cr.has(CR.LOCK)) return;
    for (const name of ["OPTSTRT", "FSTPG", "OBL_LAUNCH"] as const) {
      if ((bits & CR[name]) !== 0) this.context.unmodelled(this.name, `CR.${name}`, "write");
    }
    const optionLock = (bits | cr.value) & CR.OPTLOCK;
    cr.value = (bits & 0x8705_8fff & ~CR.OPTLOCK) | optionLock | (cr.value & CR.STRT);
    if ((bits & CR.STRT) !== 0 && !sr.has(SR.BSY)) this.#erase();
    this.#updateIrq();
  }

  #erase(): void {
    const { CR: cr, SR: sr } = this.r;
    const half = this.memory.size / 2;
    if (sr.has(BLOCKING) || !cr.has(CR.PER | CR.MER1 | CR.MER2)) {
      cr.clearBits(CR.STRT);
      this.#error(SR.PGSERR);
    } else if (cr.has(CR.MER1 | CR.MER2)) {
      if (cr.has(CR.MER1)) this.memory.erase(0, half);
      if (cr.has(CR.MER2)) this.memory.erase(half, half);
      this.#busyFor(MASS_ERASE_SECONDS, cr.has(CR.MER1) ? 0 : half);
    } else {
      const page = this.#page();
      if (page !== undefined) this.memory.erase(page.offset, page.size);
      this.#busyFor(PAGE_ERASE_SECONDS, page?.offset ?? 0);
    }
  }
  /** PNB within the bank that BKER chooses. */
  #page(): Sector | undefined {
    const first = this.sector(0)?.size ?? 1;
    const perBank = this.memory.size / 2 / first;
    return this.sector(this.r.CR.bits(3, 8) + (this.r.CR.has(CR.BKER) ? perBank : 0));
  }

  #busyFor(seconds: number, offset: number): void {
    this.#inFirstBank = offset < this.memory.size / 2;
    const { scheduler, clocks } = this.context;
    const waiting = Math.max(0, (this.#done.cycle ?? 0) - scheduler.now()) / clocks.coreHz;
    this.r.SR.setBits(SR.BSY);
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
}
