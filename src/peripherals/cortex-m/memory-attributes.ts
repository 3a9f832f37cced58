/** Attributes of memory as the architecture's default map or an MPU region gives them. */
export interface MemoryAttributes {
  readonly type: "normal" | "device" | "strongly-ordered";
  /** Policy of the inner cache, the one that the core has. Always non-cacheable unless normal. */
  readonly cache: "non-cacheable" | "write-through" | "write-back";
  readonly writeAllocate: boolean;
  readonly shareable: boolean;
}

const normal = (cache: MemoryAttributes["cache"], writeAllocate: boolean): MemoryAttributes => ({
  type: "normal",
  cache,
  writeAllocate,
  shareable: false,
});
const NON_CACHEABLE = normal("non-cacheable", false);
const WRITE_THROUGH = normal("write-through", false);
const WRITE_BACK = normal("write-back", false);
const WRITE_BACK_ALLOCATE = normal("write-back", true);
const device = (shareable: boolean): MemoryAttributes => ({
  type: "device",
  cache: "non-cacheable",
  writeAllocate: false,
  shareable,
});
const STRONGLY_ORDERED: MemoryAttributes = { ...device(true), type: "strongly-ordered" };

/** One 512 MiB area of the default map. */
interface Area {
  readonly attributes: MemoryAttributes;
  readonly executeNever: boolean;
}

/** @source Armv7-M ARM, "The system address map" */
const DEFAULT_MAP: readonly Area[] = [
  { attributes: WRITE_THROUGH, executeNever: false },
  { attributes: WRITE_BACK_ALLOCATE, executeNever: false },
  { attributes: device(false), executeNever: true },
  { attributes: WRITE_BACK_ALLOCATE, executeNever: false },
  { attributes: WRITE_THROUGH, executeNever: false },
  { attributes: device(true), executeNever: true },
  { attributes: device(false), executeNever: true },
  { attributes: device(false), executeNever: true },
];
const PPB: Area = { attributes: STRONGLY_ORDERED, executeNever: true };

export const isPPB = (address: number): boolean => address >>> 20 === 0xe00;

/** The default map at an address. */
export const defaultArea = (address: number): Area =>
  isPPB(address) ? PPB : DEFAULT_MAP[(address >>> 29) & 7]!;

/** Inner policy of the two bits of a TEX = 0b1xx region. */
const INNER: readonly MemoryAttributes[] = [NON_CACHEABLE, WRITE_BACK_ALLOCATE, WRITE_THROUGH, WRITE_BACK];

/**
 * Attributes of MPU_RASR's TEX, C, B and S. Reserved encodings count as non-cacheable.
 * @source Armv7-M ARM, table "TEX, C, B, and S encoding"
 */
export function regionAttributes(TEX: number, C: number, B: number, S: boolean): MemoryAttributes {
  if ((TEX & 4) !== 0) return { ...INNER[(C << 1) | B]!, shareable: S };
  switch ((TEX << 2) | (C << 1) | B) {
    case 0b000_00:
      return STRONGLY_ORDERED;
    case 0b000_01:
      return device(true);
    case 0b000_10:
      return { ...WRITE_THROUGH, shareable: S };
    case 0b000_11:
      return { ...WRITE_BACK, shareable: S };
    case 0b001_11:
      return { ...WRITE_BACK_ALLOCATE, shareable: S };
    case 0b010_00:
      return device(false);
    default:
      return { ...NON_CACHEABLE, shareable: S };
  }
}
