import { InternalError } from "../../errors.ts";
import type { FlashController } from "../flash-control.ts";
import type { FlashMemory, PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";

/** CONFIG.WEN. */
const WRITE = 1;
const ERASE = 2;
const CACHEEN = 1 << 0;
const PAGE = 4096;
/** User information configuration registers, erased and programmed like flash. */
const UICR = { base: 0x1000_1000, size: 0x400 } as const;

/** @source nRF52840 Product Specification, "NVMC: Electrical specification": word 41 us, page 85 ms, all 169 ms (max) */
const WORD_SECONDS = 41e-6;
const PAGE_ERASE_SECONDS = 85e-3;
const ERASE_ALL_SECONDS = 169e-3;
/** Waits of code in flash without the cache. @source nRF52840 Product Specification, "CPU: Electrical specification" */
const WAIT_STATES = 2;

/**
 * Flash controller of nRF52840: words are programmed by plain stores while CONFIG.WEN is Wen, pages erased by writing
 * their address while it is Een. A store without Wen changes nothing. READY says when the array is free; the core waits
 * meanwhile when it reads flash.
 *
 * Not modelled: partial erase (a whole page is erased when its time has added up), the limit of two writes a word, ACL.
 * @source nRF52840 Product Specification, "NVMC"
 */
export class NrfNvmc extends RegisterPeripheral implements FlashController {
  readonly #memory: FlashMemory;
  readonly #listeners: (() => void)[] = [];
  /** Partial erase: milliseconds that a page has had so far. */
  #partial = new Map<number, number>();

  protected readonly r = this.define({
    READY: { offset: 0x400, rw: 0, read: () => (this.#done.pending ? 0 : 1) },
    READYNEXT: { offset: 0x408, rw: 0, read: () => (this.#done.pending ? 0 : 1) },
    CONFIG: storage(0x504, 0, 0b11),
    ERASEPAGE: { offset: 0x508, rw: 0, write: (_v, _p, address) => this.#erasePage(address) },
    ERASEALL: { offset: 0x50c, rw: 0, write: (_v, _p, word) => this.#eraseAll(word) },
    ERASEPCR0: { offset: 0x510, rw: 0, write: (_v, _p, address) => this.#erasePage(address) },
    ERASEUICR: { offset: 0x514, rw: 0, write: (_v, _p, word) => this.#eraseUICR(word) },
    ERASEPAGEPARTIAL: { offset: 0x518, rw: 0, write: (_v, _p, address) => this.#erasePart(address) },
    ERASEPAGEPARTIALCFG: storage(0x51c, 0x0a, 0x7f),
    ICACHECNF: { offset: 0x540, rw: 0x101, write: () => this.#changed() },
    /** Counters of profiling, which nothing counts. */
    IHIT: storage(0x548),
    IMISS: storage(0x54c),
  });
  readonly #done = this.alarm(() => undefined);

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    if (context.flash === undefined) throw new InternalError(`${config.name} has no flash memory to control`);
    this.#memory = context.flash;
  }

  readonly waitStates = WAIT_STATES;
  readonly prefetch = false;
  readonly dataCache = false;
  readonly art = false;
  get instructionCache(): boolean {
    return this.r.ICACHECNF.has(CACHEEN);
  }
  get busyUntil(): number {
    return this.#done.cycle ?? -1;
  }
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
  onCacheReset(): void {
    return; // nothing empties the cache but switching it off
  }

  programWrite(address: number, size: AccessSize, value: number): boolean {
    const at = address.toString(16).padStart(8, "0");
    if (this.r.CONFIG.value !== WRITE) {
      this.notice(`write to flash at 0x${at} refused: NVMC.CONFIG.WEN is not Wen`);
      return true;
    }
    if (size !== 4) {
      this.notice(`write to flash at 0x${at} refused: ${size} bytes; flash is programmed by aligned words`);
      return false;
    }
    const offset = address - this.#memory.base;
    this.#memory.program(offset, 4, (this.#memory.read(offset, 4) & value) >>> 0);
    this.#busyFor(WORD_SECONDS);
    return true;
  }

  override reset(): void {
    super.reset();
    this.#partial.clear();
    this.#changed();
  }
  protected override saveState(): unknown {
    return [...this.#partial];
  }
  protected override restoreState(state: unknown): void {
    this.#partial = new Map(state as [number, number][]);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
  #canErase(what: string): boolean {
    if (this.r.CONFIG.value === ERASE) return true;
    this.notice(`${what} refused: NVMC.CONFIG.WEN is not Een`);
    return false;
  }
  #erasePage(address: number): void {
    if (!this.#canErase("erase of a page")) return;
    const offset = (address & ~(PAGE - 1)) - this.#memory.base;
    if (offset < 0 || offset >= this.#memory.size) return;
    this.#memory.erase(offset, PAGE);
    this.#busyFor(PAGE_ERASE_SECONDS);
  }
  #eraseAll(word: number): void {
    if ((word & 1) === 0 || !this.#canErase("erase of all flash")) return;
    this.#memory.erase(0, this.#memory.size);
    this.#memory.erase(UICR.base - this.#memory.base, UICR.size);
    this.#busyFor(ERASE_ALL_SECONDS);
  }
  #eraseUICR(word: number): void {
    if ((word & 1) === 0 || !this.#canErase("erase of UICR")) return;
    this.#memory.erase(UICR.base - this.#memory.base, UICR.size);
    this.#busyFor(PAGE_ERASE_SECONDS);
  }
  #erasePart(address: number): void {
    if (!this.#canErase("partial erase of a page")) return;
    const page = address & ~(PAGE - 1);
    const seconds = 1e-3 * this.r.ERASEPAGEPARTIALCFG.value;
    const total = (this.#partial.get(page) ?? 0) + seconds;
    this.#partial.set(page, total);
    if (total >= PAGE_ERASE_SECONDS) {
      this.#partial.delete(page);
      this.#memory.erase(page - this.#memory.base, PAGE);
    }
    this.#busyFor(seconds);
  }
  /** Operations queue behind each other. */
  #busyFor(seconds: number): void {
    const { scheduler, clocks } = this.context;
    const waiting = Math.max(0, (this.#done.cycle ?? 0) - scheduler.now()) / clocks.coreHz;
    this.#done.afterSeconds(waiting + seconds);
  }
}
