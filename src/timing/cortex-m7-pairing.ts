import type { Access } from "../isa/footprint.ts";
import { conflict, UNIT } from "./cortex-m7-units.ts";
import type { Refusal } from "./reason.ts";

/** What is known of the instruction that issued in the older slot, while the younger slot is open. */
export interface Older {
  readonly units: number;
  /** Base register of its load, -1 for an absolute address, -2 when the bank is not known by base and offset. */
  readonly base: number;
  readonly offset: number;
}

const ABSOLUTE = -1;
const UNKNOWN = -2;
/** Bytes after which the two banks repeat. */
const BANKS = 8;

export function olderOf(units: number, access: Access | undefined): Older {
  if ((units & UNIT.load) === 0 || access === undefined || access.index) {
    return { units, base: UNKNOWN, offset: 0 };
  }
  return { units, base: access.base ?? ABSOLUTE, offset: access.offset & (BANKS - 1) };
}

/** Whether a younger instruction may issue with `older`; `run-time`: if its load turns out to use the other bank. */
export function pairing(
  older: Older,
  units: number,
  access: Access | undefined,
): "yes" | "run-time" | Refusal {
  const refusal = conflict(older.units, units);
  if (refusal !== undefined) return refusal;
  if ((older.units & units & UNIT.load) === 0) return "yes";
  const younger = olderOf(units, access);
  if (older.base === UNKNOWN || younger.base !== older.base) return "run-time";
  const distance = (younger.offset - older.offset) & (BANKS - 1);
  if (distance === BANKS / 2) return "yes";
  return distance === 0 ? "bank" : "run-time";
}
