import type { Region } from "../memory/region.ts";
import { W } from "../core/state.ts";
import type { MemoryUse, RegionUse } from "./counters.ts";
import type { Machine } from "./machine.ts";

/** Symbols between which newlib's `_sbrk` hands out memory. */
const HEAP_START = ["end", "_end", "__heap_start", "__HeapBase"];
const HEAP_POINTER = ["heap_end", "heap_end.0", "__sbrk_heap_end", "__malloc_sbrk_start"];

/** Symbols at the top of the main stack. */
const STACK_TOP = ["_estack", "__StackTop", "_stack_top", "__stack", "__stack_top"];

/** Memory that the firmware takes: from its sections, and from what the run showed of stack and heap. */
export function memoryUse(machine: Machine): MemoryUse {
  const { image, map, state } = machine;
  const sizes = { code: 0, constants: 0, initialisedData: 0, bss: 0 };
  for (const { kind, size, flags } of image.sections) {
    if (!flags.allocated) continue;
    if (kind === "code") sizes.code += size;
    else if (kind === "constants") sizes.constants += size;
    else if (kind === "initialised-data") sizes.initialisedData += size;
    else if (kind === "zero-initialised") sizes.bss += size;
  }
  if (image.sections.length === 0) sizes.code = image.segments.reduce((sum, s) => sum + s.bytes.length, 0);
  // The main stack alone: where process stacks begin, only their RTOS knows.
  const stackPeak = Math.max(0, stackTop(machine) - (state.words[W.lowestMSP]! >>> 0));
  const heapPeak = heapUse(machine);
  const owned = map.regions.filter((r) => r.config.aliasOf === undefined);
  const total = (kind: Region["kind"]): number =>
    owned.filter((r) => r.kind === kind).reduce((sum, r) => sum + r.size, 0);
  const runsFromRam = total("flash") === 0;
  const flashUsed = sizes.code + sizes.constants + sizes.initialisedData;
  return {
    flash: {
      code: sizes.code,
      constants: sizes.constants,
      initialisedData: sizes.initialisedData,
      used: flashUsed,
      size: runsFromRam ? (owned[0]?.size ?? 0) : total("flash"),
    },
    ram: {
      data: sizes.initialisedData,
      bss: sizes.bss,
      stackPeak,
      ...(heapPeak === undefined ? {} : { heapPeak }),
      used: sizes.initialisedData + sizes.bss + stackPeak + (heapPeak ?? 0),
      size: total("ram"),
    },
    regions: regionUse(machine, owned, stackPeak),
  };
}

/** Where the main stack begins: after reset, or in the memory that start-up code has moved it to. */
function stackTop({ map, image, initialSP, state }: Machine): number {
  const lowest = state.words[W.lowestMSP]! >>> 0;
  const region = map.find(lowest);
  const isIn = (address: number): boolean => map.find(address - 1) === region;
  if (region === undefined || isIn(initialSP)) return initialSP;
  const symbols = STACK_TOP.map((name) => image.findSymbol(name)?.address);
  return symbols.find((address) => address !== undefined && address >= lowest && isIn(address)) ?? lowest;
}

function heapUse({ image, bus }: Machine): number | undefined {
  const start = HEAP_START.map((name) => image.findSymbol(name)).find((s) => s !== undefined);
  const pointer = HEAP_POINTER.map((name) => image.findSymbol(name)).find((s) => s?.kind === "object");
  if (start === undefined || pointer === undefined) return undefined;
  const now = bus.peek(pointer.address, 4);
  if (now === undefined) return undefined;
  return now >>> 0 > start.address ? (now >>> 0) - start.address : 0;
}

function regionUse(machine: Machine, owned: readonly Region[], stackPeak: number): RegionUse[] {
  const used = new Map<string, number>();
  const add = (address: number, size: number): void => {
    const name = machine.map.find(address)?.name;
    if (name !== undefined) used.set(name, (used.get(name) ?? 0) + size);
  };
  for (const { address, loadAddress, size, kind, flags } of machine.image.sections) {
    if (!flags.allocated || size === 0) continue;
    add(address, size);
    if (loadAddress !== address && kind !== "zero-initialised") add(loadAddress, size);
  }
  add((machine.initialSP - 4) >>> 0, stackPeak);
  return owned
    .filter((r) => used.has(r.name))
    .map((r) => ({ name: r.name, used: used.get(r.name)!, size: r.size }));
}
