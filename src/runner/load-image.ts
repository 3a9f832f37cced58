import type { Image } from "../elf/image.ts";
import { ElfError } from "../errors.ts";
import type { MemoryMap } from "../memory/memory-map.ts";

const hex = (n: number): string => `0x${(n >>> 0).toString(16).padStart(8, "0")}`;

/** Puts the image's bytes into memory, by physical address, as a debugger or programmer would. */
export function loadImage(image: Image, map: MemoryMap, firmware: string, board: string): void {
  for (const { address, bytes } of image.segments) {
    if (bytes.length === 0) continue;
    const region = map.find(address);
    const end = address + bytes.length;
    if (region === undefined || end > region.start + region.size) {
      const where =
        region === undefined ? "where the board has no memory" : `beyond the end of ${region.name}`;
      throw new ElfError(
        "ELF_OUTSIDE_MEMORY",
        `${firmware}: segment ${hex(address)}..${hex(end - 1)} lies ${where}. Is it linked for ${board}?`,
      );
    }
    map.bytes.set(bytes, region.host + (address - region.start));
  }
}
