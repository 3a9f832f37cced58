import type { Stalls } from "../../src/runner/counters.ts";
import type { RegionReport, Report } from "../../src/report/report.ts";

const stalls = (issue: number, fetch = 0): Stalls => ({
  issue,
  data: 0,
  fetch,
  branch: 0,
  interlock: 0,
  divide: 0,
  exception: 0,
  sleep: 0,
});

const functionCost = (name: string, cycles: number): RegionReport => ({
  name,
  kind: "function",
  calls: 1,
  cycles,
  instructions: cycles,
  stalls: stalls(cycles),
});

/** A report of a run that never was: two functions and one layer; `kernel` cycles in one of them. */
export function sampleReport(kernel = 10_000, change: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    tool: { name: "mcusim", version: "1.2.3", cycleModel: "cortex-m7/1" },
    firmware: { path: "kws.elf", sha256: "ab".repeat(32), compiler: "GCC: 12" },
    board: {
      id: "nucleo-f746zg",
      mcu: "STM32F746ZGT6",
      core: "cortex-m7",
      clockHz: 2e8,
      clockSource: "firmware",
      boot: "reset",
    },
    stop: { reason: "exit", exitCode: 0, pc: "0x08000000", message: "firmware exited with code 0" },
    cycles: kernel + 1000,
    instructions: kernel,
    timeMs: (kernel + 1000) / 2e5,
    stalls: stalls(kernel, 1000),
    counters: { icacheMisses: 0, dcacheMisses: 12 },
    memory: {
      flash: { code: 1000, constants: 200, initialisedData: 24, used: 1224, size: 1048576 },
      ram: { data: 24, bss: 1000, stackPeak: 512, used: 1536, size: 65536 },
      regions: [{ name: "DTCM", used: 1536, size: 65536 }],
    },
    regions: [
      {
        name: "conv1",
        kind: "layer",
        calls: 1,
        cycles: kernel + 100,
        instructions: kernel,
        macs: 5000,
        timeMs: 0.1,
      },
      functionCost("nn_convolve", kernel),
      functionCost("main", 1000),
    ],
    accuracy: { band: "not stated: first-cut timing" },
    faults: [],
    notices: [],
    host: { engine: "wasm", seconds: 1, mips: 1 },
    ...change,
  };
}
