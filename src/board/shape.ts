/** The form of a board file, key by key. What the values must be to each other is in `checks.ts`. */
import type { Accelerator, Board, ClockName, Flash, Region } from "./board.ts";
import { PERIPHERAL_TYPES, type Peripheral, type PeripheralType } from "./peripheral-type.ts";
import {
  constant,
  flag,
  integer,
  list,
  object,
  oneOf,
  pair,
  table,
  tableOf,
  text,
  union,
  wordOr,
} from "./reader.ts";
import type { JsonSchema, Reader } from "./reader.ts";

const ADDRESS_MAX = 0xffff_ffff;
const SIZE_MAX = 0x2000_0000;
const HZ_MAX = 2_000_000_000;

const address = integer(0, ADDRESS_MAX);
const size = integer(1, SIZE_MAX);
const hz = integer(1, HZ_MAX);
const count = integer(0, 1_000_000);
const positive = integer(1, 1_000_000);
const confidence = oneOf(["high", "medium", "low"]);

const cache = object({ bytes: size, ways: integer(1, 16), lineBytes: integer(4, 128) }, {});

const core = object(
  {
    type: oneOf(["cortex-m4", "cortex-m7"]),
    fpu: oneOf(["none", "fpv4-sp-d16", "fpv5-sp-d16", "fpv5-d16"]),
    mpuRegions: integer(0, 16),
    irqs: integer(1, 240),
    priorityBits: integer(3, 8),
    bitBand: flag,
  },
  { icache: cache, dcache: cache },
);

const bus = oneOf([
  "itcm",
  "dtcm",
  "axi",
  "ahb",
  "ahbp",
  "icode-dcode",
  "dcode",
  "system",
  "external",
] satisfies Region["bus"][]);

const latency = object({ busCycles: count, confidence, source: text }, {});

const region: Reader<Region> = object(
  {
    name: text,
    start: address,
    size,
    kind: oneOf(["ram", "flash", "rom"]),
    bus,
    executable: flag,
    waitStates: wordOr(["flash", "external"], integer(0, 64)),
  },
  {
    clockRatio: integer(1, 64),
    latency,
    burst: object({ beatClocks: integer(1, 4096), readAhead: flag, confidence, source: text }, {}),
    aliasOf: object({ region: text, offset: address }, {}),
    fitted: flag,
    dma: flag,
    slaves: list(size),
    dualPort: flag,
    words: list(object({ offset: address, value: address }, {})),
  },
);

const switches = object({ instructionCache: flag, dataCache: flag, prefetch: flag }, {});
const twoCaches = { instructionLines: positive, dataLines: positive, lineBits: positive, reset: switches };

const accelerator: Reader<Accelerator> = union({
  none: object({ kind: constant("none") }, {}),
  "st-art-f4": object({ kind: constant("st-art-f4"), ...twoCaches }, {}),
  "st-art-f7": object(
    { kind: constant("st-art-f7"), lines: positive, lineBits: positive, reset: switches },
    {},
  ),
  "st-l4": object({ kind: constant("st-l4"), ...twoCaches }, {}),
  "kinetis-fmc": object(
    {
      kind: constant("kinetis-fmc"),
      ways: positive,
      sets: positive,
      lineBits: positive,
      bufferBits: positive,
      clockRatio: positive,
    },
    {},
  ),
  "nrf-icache": object(
    { kind: constant("nrf-icache"), waitStatesOff: integer(0, 64), waitStatesMiss: integer(0, 64) },
    {},
  ),
  flexspi: object(
    { kind: constant("flexspi"), prefetchBytes: positive, missCycles: positive, confidence },
    {},
  ),
});

const flash: Reader<Flash> = object(
  {
    regions: list(text),
    waitStateTables: list(
      object(
        {
          minMv: positive,
          supply: oneOf(["vdd", "vcore"]),
          label: text,
          rows: list(pair(integer(0, 64), hz)),
        },
        { note: text },
      ),
    ),
    maxWaitStates: integer(0, 64),
    resetWaitStates: integer(0, 64),
    accelerator,
    sectors: list(object({ count: positive, size }, {})),
    programBytes: integer(1, 512),
  },
  { widthBits: integer(1, 1024) },
);

const CLOCK_NAMES = [
  "core",
  "ahb1",
  "ahb2",
  "ahb3",
  "ahb4",
  "apb1",
  "apb2",
  "apb3",
  "apb4",
  "bus",
  "flash",
  "ipg",
  "perclk",
  "fixed",
] as const satisfies readonly ClockName[];

const clocks = object(
  {
    reset: object({ source: text, hz }, {}),
    internal: table(hz),
    maxHz: hz,
    max: object(
      { coreHz: hz, waitStates: integer(0, 64), dividers: tableOf(CLOCK_NAMES, integer(1, 512)) },
      {},
    ),
  },
  { hse: object({ hz, bypass: flag }, {}), lse: object({ hz }, {}), lsi: object({ hz }, {}) },
);

const peripheral = object(
  { name: text, type: oneOf(Object.keys(PERIPHERAL_TYPES)), base: address, size },
  { irqs: table(integer(0, 239)), clock: oneOf(CLOCK_NAMES), params: table(address) },
);

const power = object(
  {
    supplyMv: positive,
    figures: list(
      object(
        {
          mode: oneOf(["active", "sleep"]),
          hz,
          microamps: integer(0, 100_000_000),
          condition: text,
          confidence,
          source: text,
        },
        {},
      ),
    ),
  },
  {},
);

const peripheralBus = object(
  { name: text, start: address, size, confidence, source: text },
  { clock: oneOf(CLOCK_NAMES), hz, transferClocks: integer(1, 64), latency },
);

const file = object(
  {
    id: text,
    name: text,
    aliases: list(text),
    mcu: text,
    sources: list(text),
    core,
    regions: list(region),
    clocks,
    peripherals: list(peripheral),
  },
  { vectorTable: address, flash, console: text, power, peripheralBuses: list(peripheralBus) },
);

/** `$schema` tells an editor how to help; it says nothing of the board. */
function withoutEditorKey(data: unknown): unknown {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => key !== "$schema"));
}

/** Reads the form of a board; throws BoardError at the first key that is missing, unknown or of a wrong form. */
export function readShape(data: unknown): Board {
  const board = file.read(withoutEditorKey(data), "");
  return {
    ...board,
    peripherals: board.peripherals.map((given): Peripheral => ({
      ...given,
      type: given.type as PeripheralType, // one of the keys of PERIPHERAL_TYPES
      irqs: given.irqs ?? {},
      params: given.params ?? {},
    })),
  };
}

/** The JSON Schema of board files, for editors; `schema/board.schema.json` is this. */
export function boardJsonSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "mcusim board",
    description: "A board as mcusim simulates it; the keys are explained in src/board/board.ts.",
    ...file.schema,
    properties: { $schema: { type: "string" }, ...(file.schema["properties"] as JsonSchema) }, // `object` made it
    $defs: { numberText: { type: "string", pattern: "^(0x[0-9a-fA-F]+(_[0-9a-fA-F]+)*|[0-9]+(_[0-9]+)*)$" } },
  };
}
