import { W } from "../core/state.ts";
import type { Machine } from "./machine.ts";

/** Bytes that VTOR ignores at least. @source Armv7-M ARM, "Vector Table Offset Register, VTOR" */
const TABLE_ALIGNMENT = 128;

const hex = (n: number): string => `0x${(n >>> 0).toString(16).padStart(8, "0")}`;

/**
 * What a boot loader or a debugger does for a program that is not linked to where the core starts: it takes stack
 * pointer and entry from the program's own vector table and sets VTOR to it. Only where the core itself finds no vector
 * table after reset, and where the image has one.
 */
export function startThroughBootLoader(machine: Machine): void {
  const { state, exceptions, parts } = machine;
  const boot = exceptions.registers.VTOR;
  if (isVectorTable(machine, boot)) return;
  const table = findVectorTable(machine);
  if (table === undefined) return;
  const w = state.words;
  exceptions.registers.VTOR = table;
  exceptions.lockup = undefined;
  w[13] = wordAt(machine, table) & ~3;
  w[W.lowestMSP] = w[13];
  w[15] = wordAt(machine, table + 4) & ~1;
  w[W.exit] = 0;
  state.fault = undefined;
  parts.notice(
    `started at the vector table at ${hex(table)}, as a boot loader does: none is at ${hex(boot)}`,
  );
}

const wordAt = ({ bus }: Machine, address: number): number => (bus.peek(address >>> 0, 4) ?? 0) >>> 0;

/** A stack pointer into RAM or to its end, and a Thumb address of a place that holds something. */
function isVectorTable(machine: Machine, address: number): boolean {
  const [stack, reset] = [wordAt(machine, address), wordAt(machine, address + 4)];
  if ((reset & 1) === 0 || reset === 0xffff_ffff || machine.map.find(reset & ~1) === undefined) return false;
  return (stack & 3) === 0 && machine.map.find(stack - 1)?.kind === "ram";
}

/** The lowest vector table of the image whose reset handler is in the image; one that leads to the entry goes first. */
function findVectorTable(machine: Machine): number | undefined {
  const { image } = machine;
  const starts = [
    ...image.sections.filter(({ flags }) => flags.allocated).map((section) => section.loadAddress),
    ...image.segments.filter(({ bytes }) => bytes.length > 0).map((segment) => segment.address),
  ];
  const isInImage = (address: number): boolean =>
    image.segments.some((s) => address >= s.virtualAddress && address < s.virtualAddress + s.bytes.length);
  const tables = [...new Set(starts)]
    .sort((a, b) => a - b)
    .filter((address) => address % TABLE_ALIGNMENT === 0 && isVectorTable(machine, address))
    .filter((address) => isInImage(wordAt(machine, address + 4) & ~1));
  const leadsToEntry = (table: number): boolean => (wordAt(machine, table + 4) & ~1) === image.entry;
  return tables.find(leadsToEntry) ?? tables[0];
}
