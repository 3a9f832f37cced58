import type { PartContext, PeripheralConfig } from "../part.ts";
import { known, readOnly, storage } from "../registers.ts";
import { KinetisPeripheral, NarrowPeripheral, narrow } from "./kinetis-peripheral.ts";

const at = narrow(1);

/** System oscillator: load capacitors and enables, without effect here. @source K64P144M120SF5RM "Oscillator" */
export class KinetisOsc extends NarrowPeripheral {
  protected readonly r = this.define({ CR: storage(at(0), 0, 0xff), DIV: storage(at(2), 0, 0xc0) });
  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, 1);
  }
}

/** PMSTAT by RUNM: RUN, -, VLPR, HSRUN. */
const POWER_MODES = [0x01, 0x01, 0x04, 0x80] as const;

/**
 * System mode controller: run modes follow RUNM at once. The stop modes are reported and do not come.
 * @source K64P144M120SF5RM "System Mode Controller"
 */
export class KinetisSmc extends NarrowPeripheral {
  protected readonly r = this.define({
    PMPROT: storage(at(0), 0, 0xaa),
    PMCTRL: {
      offset: at(1),
      rw: 0x67,
      notModelled: 0x07,
      fields: { STOPM: [0, 3] },
      write: (value) => (this.r.PMSTAT.value = POWER_MODES[((value >>> 5) & 3) as 0 | 1 | 2 | 3]),
    },
    VLLSCTRL: storage(at(2), 0x03, 0x27),
    PMSTAT: readOnly(at(3), 0x01),
  });
  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, 1);
  }
}

/** Power management: the supply is in order and the regulator in regulation. @source K64P144M120SF5RM "PMC" */
export class KinetisPmc extends NarrowPeripheral {
  protected readonly r = this.define({
    LVDSC1: storage(at(0), 0x10, 0x33),
    LVDSC2: storage(at(1), 0x00, 0x23),
    REGSC: { offset: at(2), reset: 0x04, rw: 0x11, w1c: 0x08 },
  });
  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, 1);
  }
}

/** Reset control: the last reset was power-on. @source K64P144M120SF5RM "Reset Control Module" */
export class KinetisRcm extends NarrowPeripheral {
  protected readonly r = this.define({
    SRS0: readOnly(at(0), 0x82),
    SRS1: readOnly(at(1)),
    RPFC: storage(at(4), 0, 0x07),
    RPFW: storage(at(5), 0, 0x1f),
    MR: readOnly(at(7)),
  });
  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, 1);
  }
}

/**
 * Flash memory controller: its settings are kept; prefetch, buffers and cache are always on for timing.
 * @source K64P144M120SF5RM "Flash Memory Controller"
 */
export class KinetisFmc extends KinetisPeripheral {
  protected readonly r = this.define({
    PFAPR: storage(0x00, 0x00f8_003f),
    PFB0CR: { offset: 0x04, reset: 0x3004_001f, rw: 0x0f00_00ff, write: () => undefined },
    PFB1CR: storage(0x08, 0x3004_001f, 0x0000_001f),
  });
}

/** Memory protection unit of the buses: regions are kept and nothing is refused. @source K64P144M120SF5RM "MPU" */
export class KinetisSysmpu extends KinetisPeripheral {
  protected readonly r = this.define<string>({
    CESR: { offset: 0x000, reset: 0x0081_5101, rw: 1, w1c: 0xf800_0000 },
    ...Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [
        [`RGD${n}_WORD0`, storage(0x400 + 0x10 * n)] as const,
        [`RGD${n}_WORD1`, storage(0x404 + 0x10 * n, n === 0 ? 0xffff_ffff : 0)] as const,
        [`RGD${n}_WORD2`, storage(0x408 + 0x10 * n, n === 0 ? 0x0061_f7df : 0)] as const,
        [`RGD${n}_WORD3`, storage(0x40c + 0x10 * n, n === 0 ? 1 : 0)] as const,
        [`RGDAAC${n}`, known(0x800 + 4 * n)] as const,
      ]).flat(),
    ),
  });
}
