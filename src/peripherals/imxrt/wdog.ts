import { narrow, NarrowPeripheral } from "../kinetis/kinetis-peripheral.ts";
import type { PartContext, PeripheralConfig } from "../part.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";

const at = narrow(2);
const WCR = { WDE: 1 << 2, SRS: 1 << 4 } as const;
const SERVICE = [0x5555, 0xaaaa] as const;

/**
 * WDOG1 and WDOG2 of i.MX RT1060: time-out in half seconds, service sequence, software reset by SRS. The power-down
 * counter and the interrupt before time-out are not modelled. @source IMXRT1060RM "Watchdog Timer (WDOG1-2)"
 */
export class ImxrtWdog extends NarrowPeripheral {
  #step = 0;
  protected readonly r = this.define({
    WCR: { offset: at(0x0), reset: 0x0030, rw: 0, write: (_v, _p, bits) => this.#writeWCR(bits) },
    WSR: { offset: at(0x2), rw: 0xffff, write: (word) => this.#service(word) },
    WRSR: { offset: at(0x4), reset: 0x0010, rw: 0 },
    WICR: { ...storage(at(0x6), 0x0004, 0x80ff), notModelled: 0x8000, fields: { WIE: [15] } },
    WMCR: storage(at(0x8), 0x0001, 1),
  });
  readonly #expiry = this.alarm(() => {
    this.notice("the watchdog ran out: system reset");
    this.context.requestReset?.();
  });

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, 2);
  }
  override reset(): void {
    super.reset();
    this.#step = 0;
  }
  protected override saveState(): unknown {
    return this.#step;
  }
  protected override restoreState(state: unknown): void {
    this.#step = state as number;
  }

  /** WDE cannot be taken back. */
  #writeWCR(bits: number): void {
    const { WCR: wcr } = this.r;
    const isNew = (bits & WCR.WDE) !== 0 && !wcr.has(WCR.WDE);
    wcr.value = (bits & 0xffbf) | (wcr.value & WCR.WDE);
    if ((bits & WCR.SRS) === 0) this.context.requestReset?.();
    if (isNew) this.#restart();
  }
  #restart(): void {
    if (this.r.WCR.has(WCR.WDE)) this.#expiry.afterSeconds(0.5 * (this.r.WCR.bits(8, 8) + 1));
  }
  #service(word: number): void {
    this.#step = word === SERVICE[this.#step] ? this.#step + 1 : 0;
    if (this.#step < SERVICE.length) return;
    this.#step = 0;
    this.#restart();
  }
}

const CS = { EN: 1 << 7, UPDATE: 1 << 5, RCS: 1 << 10, ULK: 1 << 11, PRES: 1 << 12, FLG: 1 << 14 } as const;
const UNLOCK = 0xd928_c520;
const REFRESH = 0xb480_a602;
/** CLK: bus, 1 kHz, 32 kHz, external. */
const CLOCKS_HZ = [0, 1000, 32_768, 0] as const;

/**
 * RTWDOG (WDOG3): unlock, refresh, time-out. Like the boot ROM's, the watchdog that reset leaves enabled does not run
 * out unless firmware has configured it; the update window has no time limit. The window and the 16-bit key writes are
 * not modelled. @source IMXRT1060RM "Watchdog Timer (RTWDOG)"
 */
export class ImxrtRtwdog extends RegisterPeripheral {
  protected readonly r = this.define({
    CS: {
      offset: 0x0,
      reset: 0x0000_2980 | CS.UPDATE,
      rw: 0,
      w1c: CS.FLG,
      write: (_v, _p, bits) => this.#configure(bits),
    },
    CNT: { offset: 0x4, rw: 0, write: (_v, _p, word) => this.#key(word) },
    TOVAL: storage(0x8, 0x0000_0400, 0xffff),
    WIN: storage(0xc, 0, 0xffff),
  });
  readonly #expiry = this.alarm(() => {
    this.notice("the watchdog ran out: system reset");
    this.context.requestReset?.();
  });

  #key(word: number): void {
    const { CS: cs } = this.r;
    if (word === UNLOCK) cs.value = (cs.value & ~CS.RCS) | CS.ULK;
    if (word === REFRESH && this.#expiry.pending) this.#restart();
  }
  #configure(bits: number): void {
    const { CS: cs } = this.r;
    if (!cs.has(CS.ULK)) return;
    cs.value = (bits & 0x33ff & ~CS.ULK) | CS.RCS;
    if ((bits & CS.EN) !== 0) this.#restart();
    else this.#expiry.clear();
  }
  #restart(): void {
    const { CS: cs, TOVAL } = this.r;
    const { clocks } = this.context;
    const source = CLOCKS_HZ[cs.bits(8, 2) as 0 | 1 | 2 | 3];
    const hz = (source === 0 ? clocks.coreHz : source) / (cs.has(CS.PRES) ? 256 : 1);
    this.#expiry.afterSeconds(TOVAL.value / hz);
  }
}
