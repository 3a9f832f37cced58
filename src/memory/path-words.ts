import type { BusPath } from "./bus-path.ts";
import { LINE_SHIFT } from "./cache.ts";
import { PAGE_SIZE } from "./memory-map.ts";
import type { MemoryPolicy } from "./m7-memory.ts";
import { M7_PATH, M7_PATH_SHIFT, PATH_KIND } from "./model-area.ts";

/** Paths as compiled code reads them, by number: see `M7_PATH`. */
export class PathWords {
  readonly #view: DataView;
  readonly #count: number;

  /** @param offset byte offset of the paths in `memory`, of which there are `count` */
  constructor({ buffer }: WebAssembly.Memory, offset: number, count: number) {
    this.#view = new DataView(buffer, offset, count << M7_PATH_SHIFT);
    this.#count = count;
  }

  isValid(number: number): boolean {
    return this.#view.getInt32((number << M7_PATH_SHIFT) + M7_PATH.kind, true) !== 0;
  }
  /**
   * Enters a path to a memory that nobody else uses at present.
   * @param kind bits of `PATH_KIND` beside those that follow from the path
   * @returns whether compiled code can go by it: all of it are whole cycles, and nothing is read ahead
   */
  set(number: number, path: BusPath, kind: number): boolean {
    const { first, beat, half, write, array } = path;
    const arrayRead = array?.readCycles() ?? 0;
    const values = { first, beat, half, write, arrayRead };
    if (path.ahead !== undefined || !Object.values(values).every(Number.isInteger)) return false;
    const at = number << M7_PATH_SHIFT;
    for (const [name, value] of Object.entries(values) as [keyof typeof values, number][]) {
      this.#view.setFloat64(at + M7_PATH[name], value, true);
    }
    const bits = kind | PATH_KIND.valid | (array === undefined ? 0 : PATH_KIND.array);
    this.#view.setInt32(at + M7_PATH.kind, bits, true);
    return true;
  }
  forget(): void {
    for (let number = 0; number < this.#count; number++)
      this.#view.setInt32((number << M7_PATH_SHIFT) + M7_PATH.kind, 0, true);
  }
}

/** The policy of all of the page that begins at `start`; undefined where regions of the MPU divide it. */
export function policyOfPage(
  policy: (address: number) => MemoryPolicy,
  start: number,
): MemoryPolicy | undefined {
  const first = policy(start);
  for (let address = start; address < start + PAGE_SIZE; address += 1 << LINE_SHIFT) {
    const { cache, writeAllocate, shareable } = policy(address);
    const same =
      cache === first.cache && writeAllocate === first.writeAllocate && shareable === first.shareable;
    if (!same) return undefined;
  }
  return first;
}
