/** A small board with something of everything, as parsed JSON, for tests to break in one place. */
export function sampleBoard(): SampleBoard {
  return structuredClone(SAMPLE);
}

export type SampleBoard = typeof SAMPLE & Record<string, unknown>;

const SAMPLE = {
  id: "sample",
  name: "Sample",
  aliases: ["sample-mcu"],
  mcu: "SAMPLE1",
  sources: ["made up for tests"],
  core: {
    type: "cortex-m7",
    fpu: "fpv5-sp-d16",
    mpuRegions: 8,
    irqs: 40,
    priorityBits: 4,
    bitBand: false,
    icache: { bytes: 4096, ways: 2, lineBytes: 32 },
  },
  vectorTable: "0x0800_0000",
  regions: [
    {
      name: "RAM",
      start: "0x2000_0000",
      size: 65536,
      kind: "ram",
      bus: "dtcm",
      executable: true,
      waitStates: 0,
    },
    {
      name: "FLASH",
      start: 0x0800_0000,
      size: 65536,
      kind: "flash",
      bus: "axi",
      executable: true,
      waitStates: "flash",
    },
    {
      name: "FLASH_ITCM",
      start: "0x00200000",
      size: 65536,
      kind: "flash",
      bus: "itcm",
      executable: true,
      waitStates: "flash",
      aliasOf: { region: "FLASH", offset: 0 },
    },
    {
      name: "OTP",
      start: "0x1ff0_0000",
      size: 1024,
      kind: "rom",
      bus: "axi",
      executable: false,
      waitStates: 0,
      words: [{ offset: 4, value: "0x1234_5678" }],
    },
  ],
  flash: {
    regions: ["FLASH"],
    widthBits: 256,
    waitStateTables: [
      {
        minMv: 2700,
        supply: "vdd",
        label: "2.7 to 3.6 V",
        rows: [
          [0, 30_000_000],
          [1, 60_000_000],
        ],
      },
    ],
    maxWaitStates: 7,
    resetWaitStates: 0,
    accelerator: { kind: "none" },
    sectors: [
      { count: 2, size: 16384 },
      { count: 1, size: 32768 },
    ],
    programBytes: 4,
  },
  clocks: {
    reset: { source: "hsi", hz: 16_000_000 },
    internal: { hsi: 16_000_000 },
    maxHz: 60_000_000,
    max: { coreHz: 60_000_000, waitStates: 1, dividers: { apb1: 2 } },
  },
  peripherals: [
    {
      name: "USART1",
      type: "stm32-usart",
      base: "0x4001_1000",
      size: "0x400",
      irqs: { global: 37 },
      clock: "apb1",
    },
    {
      name: "TIM2",
      type: "stm32-tim",
      base: "0x4000_0000",
      size: "0x400",
      irqs: { global: 28 },
      params: { bits: 32 },
    },
  ],
  console: "USART1",
  power: {
    supplyMv: 3300,
    figures: [
      {
        mode: "active",
        hz: 60_000_000,
        microamps: 9000,
        condition: "flash",
        confidence: "low",
        source: "made up",
      },
    ],
  },
};
