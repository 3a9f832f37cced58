import type { Domains } from "../clock-tree.ts";
import type { PartContext, PeripheralConfig } from "../part.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import type { Register, RegisterSpec } from "../registers.ts";
import { Oscillator, type OscillatorBits } from "./oscillator.ts";
import type { GateTable } from "./rcc-gates.ts";

/** HPRE, D1CPRE: 0xxx not divided, then 2, 4, 8, 16, 64, 128, 256, 512. @source RM0090, RM0433 "RCC_CFGR", "RCC_D1CFGR" */
export const ahbDivider = (field: number): number =>
  field < 8 ? 1 : [2, 4, 8, 16, 64, 128, 256, 512][field - 8]!;

/** PPREx: 0xx not divided, then 2, 4, 8, 16. */
export const apbDivider = (field: number): number => (field < 4 ? 1 : 2 << (field - 4));

/** Start-up of a crystal oscillator, seconds. @source DS8626, DS10916, DS12110 "HSE oscillator characteristics", typ 2 ms */
const HSE_START_UP = 2e-3;
/** An external clock signal needs no start-up but the synchroniser's. */
const HSE_BYPASS_START_UP = 1e-6;
/** @source DS8626, DS10916, DS12110 "LSE oscillator characteristics", typ 2 s */
const LSE_START_UP = 2;
const LSE_HZ = 32_768;
const LSI_HZ = 32_000;

/**
 * What the clock controllers of all STM32 families share: oscillators that become ready, a system clock switch that
 * waits for its source, clock gates and reset bits of peripherals.
 *
 * Not modelled: ready interrupts, clock security, MCO outputs, low-power clock gating, backup-domain write protection,
 * and the parts' limits of VCO and output frequencies: a clock beyond them runs at the frequency asked for.
 */
export abstract class Stm32Rcc extends RegisterPeripheral {
  readonly #oscillators: Oscillator[] = [];
  readonly #gates: GateTable;

  constructor(config: PeripheralConfig, context: PartContext, gates: GateTable) {
    super(config, context);
    this.#gates = gates;
  }

  /** The registers by name; declared by the family. */
  protected abstract readonly r: Readonly<Record<string, Register>>;
  /** Moves the system clock to the source asked for, if that is ready. */
  protected abstract switchSystemClock(): void;
  /** Bus clocks that follow from the registers, `core` among them. */
  protected abstract buses(): Domains;
  /** Timer and kernel clocks that follow from the bus clocks. */
  protected abstract derived(buses: Domains): Domains;

  override reset(): void {
    super.reset();
    this.clocksChanged();
  }

  protected override restoreState(): void {
    this.clocksChanged();
  }

  /** To be called once by the family when its registers stand. */
  protected connect(): void {
    const { clocks } = this.context;
    clocks.setDerivation((buses) => this.derived(buses));
    clocks.share("rtc", () => this.#rtcHz());
    for (const [peripheral, [register, bit]] of Object.entries(this.#gates)) {
      const enable = this.r[register];
      const mask = 2 ** bit;
      if (enable !== undefined) clocks.setGate(peripheral, () => enable.has(mask));
    }
    this.clocksChanged();
  }

  /** RTCSEL of BDCR: none, LSE, LSI, HSE divided. @source RM0090, RM0351, RM0433 "RCC_BDCR" */
  #rtcHz(): number {
    const { oscillators, mcu } = this.context;
    const control = this.r["BDCR"];
    if (control?.has(1 << 15) !== true) return 0;
    const cfgr = this.r["CFGR"];
    const fromCFGR = (mcu.startsWith("STM32H7") ? cfgr?.bits(8, 6) : cfgr?.bits(16, 5)) ?? 0;
    const divider = mcu.startsWith("STM32L4") ? 32 : fromCFGR;
    const hse = divider > 0 ? (oscillators.hse ?? 0) / divider : 0;
    return [0, oscillators.lse ?? LSE_HZ, oscillators.lsi ?? LSI_HZ, hse][control.bits(8, 2)] ?? 0;
  }

  protected oscillator(bits: OscillatorBits): Oscillator {
    const oscillator = new Oscillator(
      bits,
      (run) => this.alarm(run),
      () => this.clocksChanged(),
    );
    this.#oscillators.push(oscillator);
    return oscillator;
  }

  /** Follows the registers: oscillators, then the switch, then everybody's clocks. */
  protected clocksChanged(): void {
    for (const oscillator of this.#oscillators) oscillator.update();
    this.switchSystemClock();
    const buses = this.buses();
    this.context.clocks.publish({ ...buses, ...this.derived(buses) });
  }

  protected get hseHz(): number {
    return this.context.oscillators.hse ?? 0;
  }
  protected get lseHz(): number {
    return this.context.oscillators.lse ?? LSE_HZ;
  }
  /** Start-up of LSE; undefined on a board without its crystal. */
  protected get lseStartUp(): number | undefined {
    return this.context.oscillators.lse === undefined ? undefined : LSE_START_UP;
  }
  /** Start-up of HSE; `bypassed` by its register bit. */
  protected hseStartUp(bypassed: boolean): number | undefined {
    if (this.hseHz === 0) return undefined;
    return bypassed || this.context.oscillators.hseBypass === true ? HSE_BYPASS_START_UP : HSE_START_UP;
  }

  /** A reset register: a bit going to 1 resets the peripheral of the same bit in the enable register. */
  protected resetRegister(offset: number, enableRegister: string): RegisterSpec {
    return {
      offset,
      write: (value, previous) => {
        const rising = value & ~previous;
        for (const [peripheral, [register, bit]] of Object.entries(this.#gates)) {
          const hit = register === enableRegister && (rising & (2 ** bit)) !== 0;
          if (hit) this.context.clocks.resetPeripheral(peripheral);
        }
      },
    };
  }

  /** A register whose every write may change a clock. */
  protected clockRegister(spec: RegisterSpec): RegisterSpec {
    return { ...spec, write: () => this.clocksChanged() };
  }
}
