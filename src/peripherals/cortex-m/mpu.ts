import type { Exceptions } from "../../core/exceptions.ts";
import type { FaultKind } from "../../core/fault.ts";
import { defaultArea, isPPB, regionAttributes, type MemoryAttributes } from "./memory-attributes.ts";
import type { WordRegisters } from "./word-registers.ts";

const OFFSET = { TYPE: 0xd90, CTRL: 0xd94, RNR: 0xd98, RBAR: 0xd9c, RASR: 0xda0 } as const;
const ALIASES = 3;
const CTRL = { ENABLE: 1, HFNMIENA: 2, PRIVDEFENA: 4 } as const;
const RBAR_VALID = 0x10;
const RASR_BITS = 0x173f_ff3f;
const RASR_XN = 1 << 28;
/** Smallest SIZE field: 32 bytes. Smaller ones are UNPREDICTABLE and match nothing here. */
const MIN_SIZE = 4;
/** Subregions exist from 256 bytes up. */
const MIN_SUBREGION_SIZE = 7;

export type MpuAccess = "read" | "write" | "execute";

/** Accesses that an AP value permits: [privileged, unprivileged], bit 0 read, bit 1 write. 0b100 is reserved. */
const AP: readonly (readonly [number, number])[] = [
  [0, 0],
  [3, 0],
  [3, 1],
  [3, 3],
  [0, 0],
  [1, 0],
  [1, 1],
  [1, 1],
];

/** How memory at an address may be used. */
interface Permission {
  readonly privileged: number;
  readonly unprivileged: number;
  readonly executeNever: boolean;
  readonly attributes: MemoryAttributes;
}

/** Addresses from `start` on. */
export interface Area {
  readonly start: number;
  readonly size: number;
}
const EVERYWHERE: readonly Area[] = [{ start: 0, size: 2 ** 32 }];

interface Saved {
  readonly control: number;
  readonly RNR: number;
  readonly RBAR: readonly number[];
  readonly RASR: readonly number[];
}

/** The PMSAv7 memory protection unit. @source Armv7-M ARM, "Protected Memory System Architecture, PMSAv7" */
export class MPU {
  readonly #ex: Exceptions;
  readonly #changed: (areas: readonly Area[]) => void;
  readonly #RBAR: Uint32Array;
  readonly #RASR: Uint32Array;
  #control = 0;
  #RNR = 0;

  /** @param changed told where permissions or attributes may have changed */
  constructor(ex: Exceptions, regions: 0 | 8 | 16, changed: (areas: readonly Area[]) => void) {
    this.#ex = ex;
    this.#changed = changed;
    this.#RBAR = new Uint32Array(regions);
    this.#RASR = new Uint32Array(regions);
  }

  add(scs: WordRegisters): void {
    const regions = this.#RBAR.length;
    scs.add(OFFSET.TYPE, { read: () => regions << 8 });
    if (regions === 0) return;
    scs.add(OFFSET.CTRL, {
      read: () => this.#control,
      write: (value) => {
        this.#control = value & 7;
        this.#changed(EVERYWHERE);
      },
    });
    scs.add(OFFSET.RNR, { read: () => this.#RNR, write: (value) => (this.#RNR = value & (regions - 1)) });
    for (let alias = 0; alias <= ALIASES; alias++) {
      scs.add(OFFSET.RBAR + 8 * alias, {
        read: () => this.#RBAR[this.#RNR]! | this.#RNR,
        write: (value) => this.#writeRBAR(value),
      });
      scs.add(OFFSET.RASR + 8 * alias, {
        read: () => this.#RASR[this.#RNR]!,
        write: (value) => this.#updateRegion(() => (this.#RASR[this.#RNR] = value & RASR_BITS)),
      });
    }
  }

  #writeRBAR(value: number): void {
    if ((value & RBAR_VALID) !== 0) this.#RNR = value & 0xf & (this.#RBAR.length - 1);
    this.#updateRegion(() => (this.#RBAR[this.#RNR] = value & ~0x1f));
  }
  #updateRegion(change: () => void): void {
    const before = this.#areaOf(this.#RNR);
    change();
    if (!this.isEnabled) return;
    const areas = [before, this.#areaOf(this.#RNR)].filter((area) => area !== undefined);
    if (areas.length > 0) this.#changed(areas);
  }
  /** What a region covers, subregions that are switched off among it. */
  #areaOf(region: number): Area | undefined {
    const RASR = this.#RASR[region]!;
    const SIZE = (RASR >>> 1) & 0x1f;
    if ((RASR & 1) === 0 || SIZE < MIN_SIZE) return undefined;
    const size = 2 ** (SIZE + 1);
    const base = this.#RBAR[region]!;
    return { start: base - (base % size), size };
  }

  get isEnabled(): boolean {
    return (this.#control & CTRL.ENABLE) !== 0;
  }
  /** Whether regions are left out at negative execution priority, so that answers depend on it. */
  get isBypassedByFaultHandlers(): boolean {
    return this.isEnabled && (this.#control & CTRL.HFNMIENA) === 0;
  }

  /**
   * Whether an access of `size` bytes is refused, and as what. The PPB and vector fetches are not the MPU's; instruction
   * fetches from execute-never areas of the default map are refused with the MPU off, too.
   * @source Armv7-M ARM, pseudocode ValidateAddress() and CheckPermission()
   */
  check(address: number, size: number, access: MpuAccess, privileged: boolean): FaultKind | undefined {
    const last = (address + size - 1) >>> 0;
    if (this.#permits(address >>> 0, access, privileged) && this.#permits(last, access, privileged))
      return undefined;
    return access === "execute" ? "IACCVIOL" : "DACCVIOL";
  }
  /** Attributes of memory at an address, as privileged code sees it. */
  attributes(address: number): MemoryAttributes {
    return (this.#lookup(address >>> 0, true) ?? fromDefault(address)).attributes;
  }

  #permits(address: number, access: MpuAccess, privileged: boolean): boolean {
    const permission = this.#lookup(address, privileged);
    if (permission === undefined) return false;
    const allowed = privileged ? permission.privileged : permission.unprivileged;
    if (access === "write") return (allowed & 2) !== 0;
    return (allowed & 1) !== 0 && !(access === "execute" && permission.executeNever);
  }
  /** The permission that applies; undefined where nothing is mapped. */
  #lookup(address: number, privileged: boolean): Permission | undefined {
    if (!this.isEnabled || isPPB(address)) return fromDefault(address);
    if (this.isBypassedByFaultHandlers && this.#ex.executionPriority() < 0) return fromDefault(address);
    for (let region = this.#RASR.length - 1; region >= 0; region--) {
      if (this.#hits(region, address)) return regionPermission(this.#RASR[region]!);
    }
    return privileged && (this.#control & CTRL.PRIVDEFENA) !== 0 ? fromDefault(address) : undefined;
  }
  #hits(region: number, address: number): boolean {
    const RASR = this.#RASR[region]!;
    const SIZE = (RASR >>> 1) & 0x1f;
    if ((RASR & 1) === 0 || SIZE < MIN_SIZE) return false;
    const offsetBits = SIZE + 1;
    const inRegion = offsetBits === 32 || address >>> offsetBits === this.#RBAR[region]! >>> offsetBits;
    if (!inRegion || SIZE < MIN_SUBREGION_SIZE) return inRegion;
    const subregion = (address >>> (offsetBits - 3)) & 7;
    return ((RASR >>> (8 + subregion)) & 1) === 0;
  }

  reset(): void {
    this.restore({ control: 0, RNR: 0, RBAR: [], RASR: [] });
  }
  save(): Saved {
    return { control: this.#control, RNR: this.#RNR, RBAR: [...this.#RBAR], RASR: [...this.#RASR] };
  }
  restore(saved: Saved): void {
    this.#control = saved.control;
    this.#RNR = saved.RNR;
    this.#RBAR.fill(0).set(saved.RBAR);
    this.#RASR.fill(0).set(saved.RASR);
    this.#changed(EVERYWHERE);
  }
}

function fromDefault(address: number): Permission {
  const { attributes, executeNever } = defaultArea(address);
  return { privileged: 3, unprivileged: 3, executeNever, attributes };
}

function regionPermission(RASR: number): Permission {
  const [privileged, unprivileged] = AP[(RASR >>> 24) & 7]!;
  const S = ((RASR >>> 18) & 1) === 1;
  const attributes = regionAttributes((RASR >>> 19) & 7, (RASR >>> 17) & 1, (RASR >>> 16) & 1, S);
  return { privileged, unprivileged, executeNever: (RASR & RASR_XN) !== 0, attributes };
}
