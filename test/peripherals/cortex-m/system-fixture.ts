import {
  exceptionConfig,
  type CacheOperation,
  type CortexMConfig,
} from "../../../src/peripherals/cortex-m/config.ts";
import { CortexM } from "../../../src/peripherals/cortex-m/cortex-m.ts";
import type { AccessSize } from "../../../src/peripherals/peripheral.ts";
import { Fixture } from "../../core/exceptions-fixture.ts";

/** An M4 without a reference clock for SysTick. */
export const M4_WITHOUT_REFERENCE: CortexMConfig = {
  core: "cortex-m4",
  fpu: "fpv4-sp-d16",
  irqCount: 97,
  priorityBits: 4,
  mpuRegions: 8,
  icacheBytes: 0,
  dcacheBytes: 0,
  itcmBytes: 0,
  dtcmBytes: 0,
  vectorTable: 0,
};
export const M4_PART: CortexMConfig = { ...M4_WITHOUT_REFERENCE, sysTickReference: { divider: 8 } };
export const M7_PART: CortexMConfig = {
  ...M4_PART,
  core: "cortex-m7",
  fpu: "fpv5-sp-d16",
  icacheBytes: 0x1000,
  dcacheBytes: 0x1000,
  itcmBytes: 0x4000,
  dtcmBytes: 0x1_0000,
};

/** The private peripheral bus of a core over the exception fixture; what it tells its surroundings is recorded. */
export class System extends Fixture {
  readonly ppb: CortexM;
  readonly unmodelled: string[] = [];
  readonly told: string[] = [];
  readonly operations: [CacheOperation, number][] = [];
  readonly counts = { cpi: 0, exception: 0, sleep: 0, lsu: 0, fold: 0 };
  coreHz = 16_000_000;
  console = "";
  readonly #listeners: (() => void)[] = [];

  constructor(part: Partial<CortexMConfig> = {}, base: CortexMConfig = M4_PART) {
    const config = { ...base, ...part };
    super(exceptionConfig(config));
    const clocks = {
      coreHz: 0,
      hz: (): number => this.coreHz,
      onChange: (listener: () => void): number => this.#listeners.push(listener),
    };
    Object.defineProperty(clocks, "coreHz", { get: () => this.coreHz });
    this.ppb = new CortexM(
      this.ex,
      config,
      {
        scheduler: this.scheduler,
        clocks,
        unmodelled: (_name, register, access) => this.unmodelled.push(`${access} ${register}`),
      },
      {
        resetRequested: () => this.told.push("reset"),
        cacheMaintenance: (operation, value) => this.operations.push([operation, value]),
        cachesEnabled: (instruction, data) => this.told.push(`caches ${instruction} ${data}`),
        mpuChanged: (areas) => {
          const texts = areas.map(({ start, size }) => `${start.toString(16)}+${size.toString(16)}`);
          this.told.push(`mpu ${texts.join(" ")}`);
        },
        consoleByte: (byte) => (this.console += String.fromCharCode(byte)),
        profileCounts: () => this.counts,
      },
    );
  }

  get(address: number, size: AccessSize = 4): number | undefined {
    return this.ppb.read(address - this.ppb.base, size);
  }
  set(address: number, value: number, size: AccessSize = 4): boolean {
    return this.ppb.write(address - this.ppb.base, size, value);
  }
  setCoreHz(hz: number): void {
    this.coreHz = hz;
    for (const listener of this.#listeners) listener();
  }
  isOpen(address: number, isWrite: boolean): boolean {
    return this.ppb.reachableUnprivileged(address - this.ppb.base, isWrite);
  }
}
