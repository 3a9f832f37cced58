/** What the values of a board must be to each other. Each check has a name, which its message ends with. */
import type { Board, Core, Region } from "./board.ts";
import { PERIPHERAL_TYPES, type Peripheral } from "./peripheral-type.ts";
import { nearest } from "./nearest.ts";
import { refuse } from "./reader.ts";

export interface Check {
  readonly name: string;
  /** Calls `report` with the place and the problem for what is wrong. */
  readonly run: (board: Board, report: (path: string, problem: string) => void) => void;
}

const ADDRESS_SPACE = 0x1_0000_0000;
/** Private peripheral bus: the core's own registers. @source Armv7-M ARM, "The system address map" */
const PPB = { start: 0xe000_0000, end: 0xe010_0000 };
/** Memory that one board may ask for, so that a wrong size cannot take the host's memory. */
const MEMORY_LIMIT = 0x0800_0000;

interface Range {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly path: string;
}

function hex(address: number): string {
  const digits = address.toString(16).padStart(8, "0");
  return `0x${digits.slice(0, -4)}_${digits.slice(-4)}`;
}

function regionRanges(board: Board): readonly Range[] {
  return board.regions.map(({ name, start, size }, index) => ({
    name,
    start,
    end: start + size,
    path: `regions[${index}].start`,
  }));
}

function peripheralRanges(board: Board): readonly Range[] {
  return board.peripherals.map(({ name, base, size }, index) => ({
    name,
    start: base,
    end: base + size,
    path: `peripherals[${index}].base`,
  }));
}

/** Calls `found` for each neighbouring pair, by address, of which the second begins before the first ends. */
function overlaps(ranges: readonly Range[], found: (later: Range, earlier: Range) => void): void {
  const sorted = ranges.toSorted((a, b) => a.start - b.start);
  sorted.slice(1).forEach((later, index) => {
    const earlier = sorted[index]!;
    if (later.start < earlier.end) found(later, earlier);
  });
}

function repeated(names: readonly string[]): ReadonlyMap<number, string> {
  return new Map([...names.entries()].filter(([index, name]) => names.indexOf(name) !== index));
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

/** Buses of each core. @source the Technical Reference Manuals, "Interfaces" */
const BUSES: Readonly<Record<Core["type"], readonly Region["bus"][]>> = {
  "cortex-m4": ["icode-dcode", "dcode", "system", "external"],
  "cortex-m7": ["itcm", "dtcm", "axi", "ahb", "ahbp", "external"],
};

const FPUS: Readonly<Record<Core["type"], readonly Core["fpu"][]>> = {
  "cortex-m4": ["none", "fpv4-sp-d16"],
  "cortex-m7": ["none", "fpv5-sp-d16", "fpv5-d16"],
};

function checkCache(
  core: Core,
  key: "icache" | "dcache",
  report: (path: string, problem: string) => void,
): void {
  const cache = core[key];
  if (cache === undefined) return;
  if (core.type === "cortex-m4") report(`core.${key}`, "a Cortex-M4 has no L1 cache");
  const sets = cache.bytes / (cache.ways * cache.lineBytes);
  if (!isPowerOfTwo(sets) || !isPowerOfTwo(cache.lineBytes))
    report(
      `core.${key}`,
      `${cache.bytes} bytes in ${cache.ways} ways of ${cache.lineBytes}-byte lines give no power of two of sets`,
    );
}

function isUart(peripheral: Peripheral): boolean {
  return /uart|usart/.test(peripheral.type);
}

export const CHECKS: readonly Check[] = [
  {
    name: "id-form",
    run: (board, report) => {
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(board.id))
        report("id", `"${board.id}" is not lower-case words joined by "-", such as nucleo-f746zg`);
    },
  },
  {
    name: "names-unique",
    run: (board, report) => {
      for (const [index, name] of repeated(board.regions.map((region) => region.name)))
        report(`regions[${index}].name`, `"${name}" is there twice`);
      for (const [index, name] of repeated(board.peripherals.map((peripheral) => peripheral.name)))
        report(`peripherals[${index}].name`, `"${name}" is there twice`);
    },
  },
  {
    name: "core-consistent",
    run: ({ core, regions }, report) => {
      if (!FPUS[core.type].includes(core.fpu))
        report("core.fpu", `a ${core.type} has ${FPUS[core.type].join(", ")}, not ${core.fpu}`);
      if (![0, 8, 16].includes(core.mpuRegions)) report("core.mpuRegions", "must be 0, 8 or 16");
      if (core.bitBand && core.type === "cortex-m7") report("core.bitBand", "a Cortex-M7 has no bit-band");
      checkCache(core, "icache", report);
      checkCache(core, "dcache", report);
      regions.forEach(({ bus }, index) => {
        if (!BUSES[core.type].includes(bus))
          report(
            `regions[${index}].bus`,
            `a ${core.type} has no bus "${bus}", but ${BUSES[core.type].join(", ")}`,
          );
      });
    },
  },
  {
    name: "regions-aligned",
    run: (board, report) => {
      board.regions.forEach(({ start, size }, index) => {
        if (start % 16 !== 0) report(`regions[${index}].start`, `${hex(start)} is not a multiple of 16`);
        if (size % 16 !== 0) report(`regions[${index}].size`, `${size} is not a multiple of 16`);
        if (start + size > ADDRESS_SPACE)
          report(`regions[${index}].size`, `${hex(start)} + ${size} bytes is beyond the address space`);
      });
    },
  },
  {
    name: "regions-disjoint",
    run: (board, report) => {
      overlaps(regionRanges(board), (later, earlier) => {
        report(later.path, `"${later.name}" overlaps "${earlier.name}", which ends at ${hex(earlier.end)}`);
      });
      for (const { name, start, end, path } of regionRanges(board))
        if (start < PPB.end && end > PPB.start)
          report(path, `"${name}" covers the core's own registers at ${hex(PPB.start)}`);
    },
  },
  {
    name: "memory-bounded",
    run: ({ regions }, report) => {
      const total = regions.reduce(
        (sum, region) => sum + (region.aliasOf !== undefined || region.fitted === false ? 0 : region.size),
        0,
      );
      if (total > MEMORY_LIMIT)
        report(
          "regions",
          `${total} bytes in all, more than ${MEMORY_LIMIT}; set "fitted": false where no chip is`,
        );
    },
  },
  {
    name: "aliases-resolve",
    run: ({ regions }, report) => {
      regions.forEach((region, index) => {
        if (region.aliasOf === undefined) return;
        const { region: name, offset } = region.aliasOf;
        const target = regions.find((candidate) => candidate.name === name);
        const path = `regions[${index}].aliasOf`;
        if (target === undefined) report(`${path}.region`, `there is no region "${name}"`);
        else if (target.aliasOf !== undefined) report(`${path}.region`, `"${name}" is an alias itself`);
        else if (target.kind !== region.kind)
          report(`${path}.region`, `"${name}" is ${target.kind}, this is ${region.kind}`);
        else if (offset + region.size > target.size)
          report(`${path}.offset`, `${region.size} bytes from ${offset} are beyond the end of "${name}"`);
      });
    },
  },
  {
    name: "words-inside",
    run: ({ regions }, report) => {
      regions.forEach(({ words, size, aliasOf }, index) => {
        words?.forEach(({ offset }, at) => {
          const path = `regions[${index}].words[${at}].offset`;
          if (offset % 4 !== 0 || offset + 4 > size) report(path, `${hex(offset)} is no word of this region`);
          if (aliasOf !== undefined) report(path, "belongs to the region that this one is an alias of");
        });
      });
    },
  },
  {
    name: "slaves-inside",
    run: ({ regions }, report) => {
      regions.forEach(({ slaves, size, aliasOf }, index) => {
        if (slaves === undefined) return;
        const path = `regions[${index}].slaves`;
        const total = slaves.reduce((sum, bytes) => sum + bytes, 0);
        if (total > size) report(path, `${total} bytes in slaves, more than the ${size} of this region`);
        if (aliasOf !== undefined) report(path, "belongs to the region that this one is an alias of");
      });
    },
  },
  {
    name: "flash-regions",
    run: ({ flash, regions }, report) => {
      regions.forEach(({ name, kind, waitStates, aliasOf }, index) => {
        if (waitStates !== "flash") return;
        const path = `regions[${index}].waitStates`;
        if (kind !== "flash")
          report(path, `"${name}" is ${kind}, so it cannot wait for the flash controller`);
        else if (flash === undefined)
          report(path, `"${name}" waits for a flash controller; the key flash is missing`);
        else if (aliasOf === undefined && !flash.regions.includes(name))
          report(path, `"${name}" waits for the flash controller, but flash.regions does not list it`);
      });
      flash?.regions.forEach((name, index) => {
        const region = regions.find((candidate) => candidate.name === name);
        const path = `flash.regions[${index}]`;
        if (region === undefined) report(path, `there is no region "${name}"`);
        else if (region.kind !== "flash" || region.aliasOf !== undefined)
          report(path, `"${name}" is not a flash region of its own`);
      });
    },
  },
  {
    name: "flash-sectors",
    run: ({ flash, regions }, report) => {
      if (flash === undefined) return;
      const total = regions
        .filter(({ name }) => flash.regions.includes(name))
        .reduce((sum, region) => sum + region.size, 0);
      const sectors = flash.sectors.reduce((sum, run) => sum + run.count * run.size, 0);
      if (sectors !== total) report("flash.sectors", `add up to ${sectors} bytes, the flash has ${total}`);
    },
  },
  {
    name: "wait-states-rise",
    run: ({ flash, clocks }, report) => {
      if (flash === undefined) return;
      flash.waitStateTables.forEach(({ rows }, at) => {
        rows.forEach(([waits, hz], index) => {
          const path = `flash.waitStateTables[${at}].rows[${index}]`;
          const before = rows[index - 1];
          if (before !== undefined && (waits <= before[0] || hz <= before[1])) report(path, "does not rise");
          if (waits > flash.maxWaitStates) report(path, `${waits} is more than flash.maxWaitStates`);
        });
      });
      if (flash.resetWaitStates > flash.maxWaitStates)
        report("flash.resetWaitStates", "is more than flash.maxWaitStates");
      if (clocks.max.waitStates > flash.maxWaitStates)
        report("clocks.max.waitStates", "is more than flash.maxWaitStates");
    },
  },
  {
    name: "clocks-bounded",
    run: ({ clocks, power }, report) => {
      if (clocks.max.coreHz > clocks.maxHz) report("clocks.max.coreHz", "is more than clocks.maxHz");
      if (clocks.reset.hz > clocks.maxHz) report("clocks.reset.hz", "is more than clocks.maxHz");
      power?.figures.forEach(({ hz }, index) => {
        if (hz > clocks.maxHz) report(`power.figures[${index}].hz`, "is more than clocks.maxHz");
      });
    },
  },
  {
    name: "vector-table-readable",
    run: ({ vectorTable, regions }, report) => {
      if (vectorTable === undefined) return;
      // VTOR has no bits below 7. @source Armv7-M ARM, "Vector Table Offset Register"
      if (vectorTable % 128 !== 0) report("vectorTable", `${hex(vectorTable)} is not a multiple of 128`);
      if (!regions.some(({ start, size }) => vectorTable >= start && vectorTable < start + size))
        report("vectorTable", `there is no memory at ${hex(vectorTable)}`);
    },
  },
  {
    name: "peripherals-disjoint",
    run: (board, report) => {
      const ranges = peripheralRanges(board);
      for (const { path, start, end } of ranges) {
        if (start % 4 !== 0 || end % 4 !== 0) report(path, "base and size must be multiples of 4");
        if (end > ADDRESS_SPACE) report(path, "goes beyond the address space");
      }
      overlaps([...ranges, ...regionRanges(board)], (later, earlier) => {
        report(later.path, `"${later.name}" overlaps "${earlier.name}", which ends at ${hex(earlier.end)}`);
      });
    },
  },
  {
    name: "peripheral-buses",
    run: ({ peripherals, peripheralBuses = [] }, report) => {
      peripheralBuses.forEach(({ start, size: bytes, clock, hz, transferClocks }, index) => {
        const path = `peripheralBuses[${index}]`;
        if (clock !== undefined && hz !== undefined) report(`${path}.hz`, "it has a clock already");
        if ((clock ?? hz) !== undefined && transferClocks === undefined)
          report(path, "a clock says nothing without transferClocks");
        if (clock !== undefined && !peripherals.some((p) => p.clock === clock))
          report(`${path}.clock`, `no peripheral of this board runs from "${clock}"`);
        if (!peripherals.some(({ base }) => base >= start && base - start < bytes))
          report(`${path}.start`, "no peripheral of this board lies there");
      });
    },
  },
  {
    name: "irqs-in-range",
    run: ({ core, peripherals }, report) => {
      peripherals.forEach(({ irqs }, index) => {
        for (const [role, line] of Object.entries(irqs))
          if (line >= core.irqs)
            report(
              `peripherals[${index}].irqs.${role}`,
              `interrupt ${line} does not exist, core.irqs is ${core.irqs}`,
            );
      });
    },
  },
  {
    name: "params-known",
    run: ({ peripherals }, report) => {
      peripherals.forEach(({ type, params }, index) => {
        const known: readonly string[] = PERIPHERAL_TYPES[type];
        for (const key of Object.keys(params)) {
          if (known.includes(key)) continue;
          const hint = nearest(key, known) ?? (known.length === 0 ? "none" : known.join(", "));
          report(`peripherals[${index}].params.${key}`, `unknown parameter of ${type}; it takes ${hint}`);
        }
      });
    },
  },
  {
    name: "console-is-uart",
    run: ({ console, peripherals }, report) => {
      if (console === undefined) return;
      const uarts = peripherals.filter(isUart).map(({ name }) => name);
      if (uarts.includes(console)) return;
      const hint = nearest(console, uarts);
      const choice = hint === undefined ? `the UARTs are ${uarts.join(", ")}` : `did you mean "${hint}"?`;
      report("console", `"${console}" is no UART of this board; ${choice}`);
    },
  },
];

/** Throws BoardError with the path of the first thing that fails a check. */
export function checkBoard(board: Board): void {
  for (const { name, run } of CHECKS) {
    run(board, (path, problem) => {
      refuse(path, `${problem} (check ${name})`);
    });
  }
}
