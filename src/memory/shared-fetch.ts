import type { MemoryMap } from "./memory-map.ts";
import type { Region } from "./region.ts";

/** Addresses from `start` on, `size` bytes. */
export interface AddressRange {
  readonly start: number;
  readonly size: number;
}

/** Bytes of the linear memory that one slave of the bus matrix holds. */
interface Slave {
  readonly host: number;
  readonly size: number;
}

/**
 * RAM that a Cortex-M4 fetches from over I-Code, and whose data D-Code and the System bus reach as well: a slave of the
 * bus matrix serves one of them a cycle.
 */
export class SharedFetch {
  readonly #map: MemoryMap;
  readonly #known = new Map<number, readonly AddressRange[]>();

  constructor(map: MemoryMap) {
    this.#map = map;
  }

  /** @see FetchTiming.sharedWith */
  with(address: number): readonly AddressRange[] | undefined {
    const region = this.#map.find(address);
    if (region === undefined || region.kind !== "ram" || region.config.bus !== "icode-dcode")
      return undefined;
    const owner = this.#ownerOf(region);
    if (owner.config.dualPort === true) return undefined;
    const slave = slaveAt(owner, region.host + (address - region.start));
    const known = this.#known.get(slave.host);
    if (known !== undefined) return known;
    const ranges = this.#rangesOf(slave);
    this.#known.set(slave.host, ranges);
    return ranges;
  }

  #ownerOf(region: Region): Region {
    const { aliasOf } = region.config;
    return this.#map.regions.find(({ name }) => name === aliasOf?.region) ?? region;
  }

  /** Where in the address space the slave is seen. */
  #rangesOf({ host, size }: Slave): AddressRange[] {
    return this.#map.regions.flatMap((region) => {
      const from = Math.max(host, region.host);
      const to = Math.min(host + size, region.host + region.size);
      return from < to ? [{ start: region.start + (from - region.host), size: to - from }] : [];
    });
  }
}

function slaveAt({ host, size, config }: Region, byte: number): Slave {
  let start = host;
  for (const bytes of config.slaves ?? []) {
    if (byte < start + bytes) return { host: start, size: bytes };
    start += bytes;
  }
  return { host: start, size: host + size - start };
}
