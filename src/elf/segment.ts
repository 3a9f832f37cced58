import { ElfError } from "../errors.ts";
import { hex } from "./byte-reader.ts";

/** A run of bytes that is put into memory before the first instruction, or memory that the program reserves. */
export interface Segment {
  /** Where a debugger or flash loader puts `bytes` (physical, LMA). */
  readonly address: number;
  /** Where the running program sees it (VMA): differs for `.data`, which start-up code copies from flash to RAM. */
  readonly virtualAddress: number;
  /** A view of the file; may be empty, as for `.bss`. */
  readonly bytes: Uint8Array;
  /** Bytes of memory from `virtualAddress`; what exceeds `bytes` is zeroed by the program's own start-up code. */
  readonly memorySize: number;
  readonly flags: { readonly read: boolean; readonly write: boolean; readonly execute: boolean };
}

/** More than the address space of any Cortex-M code or SRAM region. @source Armv7-M ARM, "The system address map" */
export const largestSegment = 0x2000_0000;

/**
 * Bytes that a segment takes from its physical address on. The zeroed tail counts only where physical and virtual
 * address are the same: GNU ld gives `.bss` a physical address in flash that nothing is ever loaded to.
 */
function physicalSize(segment: Segment): number {
  return segment.address === segment.virtualAddress ? segment.memorySize : segment.bytes.length;
}

/** Segments in ascending order of their physical address. Throws `ELF_OVERLAP` if two of them claim the same byte. */
export function orderSegments(segments: readonly Segment[], name: string): readonly Segment[] {
  const ordered = [...segments].sort(
    (a, b) => a.address - b.address || a.virtualAddress - b.virtualAddress || a.memorySize - b.memorySize,
  );
  let previous: Segment | undefined;
  for (const segment of ordered) {
    if (physicalSize(segment) === 0) continue;
    if (previous && previous.address + physicalSize(previous) > segment.address) {
      throw new ElfError(
        "ELF_OVERLAP",
        `${name}: segments overlap: ${extent(previous)} and ${extent(segment)}. Correct the linker script`,
      );
    }
    previous = segment;
  }
  return ordered;
}

function extent(segment: Segment): string {
  return `${hex(segment.address, 8)}..${hex(segment.address + physicalSize(segment) - 1, 8)}`;
}
