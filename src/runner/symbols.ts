import type { Image } from "../elf/image.ts";
import { UsageError } from "../errors.ts";

/** Address of a symbol that the user named. Throws UsageError with the nearest names when there is none. */
export function symbolAddress(image: Image, name: string, where: string): number {
  const symbol = image.findSymbol(name);
  if (symbol !== undefined) return symbol.address;
  if (image.symbols.length === 0)
    throw new UsageError(`${where}: the firmware file has no symbols, so "${name}" cannot be found`);
  const near = image.symbols
    .map((s) => s.name)
    .filter((s) => s.toLowerCase().includes(name.toLowerCase().slice(0, 4)))
    .slice(0, 3);
  const hint = near.length === 0 ? "" : `; there are ${near.join(", ")}`;
  throw new UsageError(`${where}: no symbol "${name}" in the firmware${hint}`);
}

/** `name+0x12` for an address inside a symbol; undefined outside of all. */
export function describeAddress(image: Image, address: number): string | undefined {
  const found = image.symbolAt(address);
  if (found === undefined) return undefined;
  return found.offset === 0 ? found.symbol.name : `${found.symbol.name}+0x${found.offset.toString(16)}`;
}
