import { BoardError } from "../errors.ts";
import type { Region, RegionConfig } from "./region.ts";

export const PAGE_BITS = 12;
export const PAGE_SIZE = 1 << PAGE_BITS;

const roundUp = (n: number): number => Math.ceil(n / PAGE_SIZE) * PAGE_SIZE;

/** Value of erased flash, and of flash that the image does not fill. */
const ERASED = 0xff;

/** Bytes of linear memory that the regions need behind `guestBase`. */
export function hostBytesFor(configs: readonly RegionConfig[], guestBase: number): number {
  const owned = configs.filter((c) => c.aliasOf === undefined && c.fitted !== false);
  return guestBase + owned.reduce((sum, c) => sum + roundUp(c.size), 0);
}

/** Where every region of the board lies, in the guest's address space and in the shared linear memory. */
export class MemoryMap {
  readonly regions: readonly Region[];
  readonly bytes: Uint8Array;
  readonly view: DataView;
  #last: Region | undefined;

  /**
   * @param memory new, so that it is zero
   * @param guestBase first free byte of it; regions are laid out behind it
   */
  constructor(configs: readonly RegionConfig[], memory: WebAssembly.Memory, guestBase: number) {
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    const fitted = configs.filter((c) => c.fitted !== false);
    const hosts = new Map<string, number>();
    let free = guestBase;
    for (const config of fitted) {
      if (config.aliasOf !== undefined) continue;
      hosts.set(config.name, free);
      free += roundUp(config.size);
    }
    this.regions = fitted
      .map((config) => ({ config, host: hostOf(config, hosts) }))
      .sort((a, b) => a.config.start - b.config.start)
      .map(({ config, host }, index) => {
        const { name, start, size, kind } = config;
        return { config, name, start, size, kind, host, index };
      });
    this.#powerOn();
  }

  /** Flash is erased, and RAM as zero as new memory is. */
  #powerOn(): void {
    for (const { config, host, size, kind } of this.regions) {
      if (config.aliasOf !== undefined) continue;
      if (kind !== "ram") this.bytes.fill(ERASED, host, host + size);
      for (const { offset, value } of config.words ?? []) this.view.setUint32(host + offset, value, true);
    }
  }

  /** The region that holds `address` (unsigned). */
  find(address: number): Region | undefined {
    const last = this.#last;
    if (last !== undefined && address - last.start >= 0 && address - last.start < last.size) return last;
    const { regions } = this;
    for (let i = 0; i < regions.length; i++) {
      const region = regions[i]!;
      if (address >= region.start && address - region.start < region.size) return (this.#last = region);
    }
    return undefined;
  }

  /** Byte in the linear memory behind `address`, when `size` bytes of one region lie there. */
  hostAddress(address: number, size: number): number | undefined {
    const region = this.find(address);
    if (region === undefined || address - region.start + size > region.size) return undefined;
    return region.host + (address - region.start);
  }

  /** Halfword at `address` for the decoder; undefined where nothing is to be executed. */
  fetchHalfword(address: number): number | undefined {
    const region = this.find(address);
    if (region?.config.executable !== true || address - region.start + 2 > region.size) return undefined;
    return this.view.getUint16(region.host + (address - region.start), true);
  }
}

function hostOf(config: RegionConfig, hosts: ReadonlyMap<string, number>): number {
  const { aliasOf } = config;
  const host = hosts.get(aliasOf === undefined ? config.name : aliasOf.region);
  if (host === undefined) {
    throw new BoardError(
      `region ${config.name} is an alias of ${aliasOf?.region ?? "?"}, which is not there`,
      "regions",
    );
  }
  return host + (aliasOf?.offset ?? 0);
}
