import type { PeripheralConfig } from "../part.ts";
import type { AccessSize, Peripheral } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { readOnly, storage, type RegisterSpec } from "../registers.ts";

/**
 * Settings that are kept and change nothing that is simulated: pin multiplexing and pads (IOMUXC), the general-purpose
 * registers with the FlexRAM banks (GPR14, GPR16, GPR17), FLEXRAM, GPC and SRC. Everything resets to 0.
 *
 * Not modelled: moving memory between ITCM, DTCM and OCRAM by GPR17; the board file gives each at its largest.
 * @source IMXRT1060RM "IOMUX Controller", "FlexRAM", "General Power Controller", "System Reset Controller"
 */
export class ImxrtSettings implements Peripheral {
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly #bytes = new Map<number, number>();

  constructor(config: PeripheralConfig) {
    this.name = config.name;
    this.base = config.base;
    this.size = config.size;
  }
  read(offset: number, size: AccessSize): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= (this.#bytes.get(offset + i) ?? 0) << (8 * i);
    return value >>> 0;
  }
  write(offset: number, size: AccessSize, value: number): boolean {
    for (let i = 0; i < size; i++) this.#bytes.set(offset + i, (value >>> (8 * i)) & 0xff);
    return true;
  }
  reset(): void {
    this.#bytes.clear();
  }
  save(): unknown {
    return [...this.#bytes];
  }
  restore(saved: unknown): void {
    this.#bytes.clear();
    for (const [offset, byte] of saved as [number, number][]) this.#bytes.set(offset, byte);
  }
}

const STS_DC_OK = 2 ** 31;
/** Estimated: no figure is printed. */
const SETTLING_SECONDS = 50e-6;

/** DC-DC converter: a change of the target voltage settles and says so. @source IMXRT1060RM "DCDC Converter" */
export class ImxrtDcdc extends RegisterPeripheral {
  protected readonly r = this.define({
    REG0: { offset: 0x0, reset: (0x1403_0111 | STS_DC_OK) >>> 0, rw: STS_DC_OK - 1 },
    REG1: storage(0x4, 0x111b_a29c),
    REG2: storage(0x8, 0x0000_0009),
    REG3: { offset: 0xc, reset: 0x0000_010e, write: (value, previous) => this.#writeREG3(value, previous) },
  });
  readonly #settled = this.alarm(() => this.r.REG0.setBits(STS_DC_OK));

  #writeREG3(value: number, previous: number): void {
    if (((value ^ previous) & 0x1f) === 0) return;
    this.r.REG0.clearBits(STS_DC_OK);
    this.#settled.afterSeconds(SETTLING_SECONDS);
  }
}

/** One-time programmable fuses: shadow registers of a part without customer fuses. @source IMXRT1060RM "OCOTP" */
export class ImxrtOcotp extends RegisterPeripheral {
  protected readonly r = this.define<string>({
    CTRL: { offset: 0x00, rw: 0x0000_343f, notModelled: 0x0000_3400, fields: { RELOAD_SHADOWS: [10] } },
    CTRL_SET: { offset: 0x04, writeOnly: true, write: (bits) => this.r["CTRL"]?.setBits(bits & 0x3f) },
    CTRL_CLR: { offset: 0x08, writeOnly: true, write: (bits) => this.r["CTRL"]?.clearBits(bits) },
    TIMING: storage(0x10, 0x0146_1299),
    DATA: storage(0x20),
    READ_CTRL: storage(0x30),
    READ_FUSE_DATA: readOnly(0x40),
    SCS: readOnly(0x60),
    VERSION: readOnly(0x90, 0x0600_0000),
    ...this.#shadows(),
  });

  /** Lock, CFG0 and CFG1 (unique identity), speed grade, MAC address: the others are 0. */
  #shadows(): Record<string, RegisterSpec> {
    const values: Readonly<Record<number, number>> = {
      0x410: 0x5a31_7c09,
      0x420: 0x2b64_d91e,
      0x440: 0x0002_0000,
      0x4e0: 0x5f45_c04b,
      0x620: 0xe50a_1b2c,
      0x630: 0x0000_04e9,
    };
    return Object.fromEntries(
      Array.from({ length: 0x30 }, (_, n) => {
        const offset = 0x400 + 0x10 * n;
        return [`FUSE_${offset.toString(16)}`, readOnly(offset, values[offset] ?? 0)];
      }),
    );
  }
}

const GC = { CAL: 1 << 7 } as const;
/** Seconds of a calibration and of a conversion at common settings: estimated. */
const CALIBRATION_SECONDS = 1e-3;
const CONVERSION_SECONDS = 2e-6;
/** Every channel reads half of full scale at 12 bits. */
const READING = 0x800;

/** Analogue to digital converter: calibrates, converts, and reads a constant. @source IMXRT1060RM "ADC" */
export class ImxrtAdc extends RegisterPeripheral {
  protected readonly r = this.define<string>({
    HC0: { offset: 0x00, reset: 0x1f, rw: 0x9f, write: (value) => this.#start(value) },
    ...Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`HC${n + 1}`, storage(0x04 + 4 * n, 0x1f)])),
    HS: readOnly(0x20),
    R0: { offset: 0x24, rw: 0, read: () => this.#take() },
    CFG: storage(0x44, 0x0200),
    GC: { offset: 0x48, rw: 0xff, write: (value) => this.#writeGC(value) },
    GS: { offset: 0x4c, w1c: 0b110 },
    CV: storage(0x50),
    OFS: storage(0x54),
    CAL: storage(0x58),
  });
  readonly #calibrated = this.alarm(() => this.r["GC"]?.clearBits(GC.CAL));
  readonly #converted = this.alarm(() => {
    this.r["HS"]?.setBits(1);
    this.irq("global", ((this.r["HC0"]?.value ?? 0) & 0x80) !== 0);
  });

  #writeGC(value: number): void {
    if ((value & GC.CAL) !== 0 && !this.#calibrated.pending)
      this.#calibrated.afterSeconds(CALIBRATION_SECONDS);
  }
  #start(value: number): void {
    this.r["HS"]?.clearBits(1);
    this.irq("global", false);
    this.#converted.clear();
    if ((value & 0x1f) !== 0x1f) this.#converted.afterSeconds(CONVERSION_SECONDS);
  }
  #take(): number {
    this.r["HS"]?.clearBits(1);
    this.irq("global", false);
    return READING;
  }
}
