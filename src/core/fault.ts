/**
 * Architectural faults, as values of the simulated world: the exception they raise and the status bit they leave.
 * @source Armv7-M ARM, "Fault behavior" and "Configurable Fault Status Register, CFSR"
 */
export type FaultKind =
  | "IACCVIOL"
  | "DACCVIOL"
  | "MUNSTKERR"
  | "MSTKERR"
  | "MLSPERR"
  | "IBUSERR"
  | "PRECISERR"
  | "IMPRECISERR"
  | "UNSTKERR"
  | "STKERR"
  | "LSPERR"
  | "UNDEFINSTR"
  | "INVSTATE"
  | "INVPC"
  | "NOCP"
  | "UNALIGNED"
  | "DIVBYZERO"
  | "VECTTBL"
  | "DEBUGEVT";

/** Exception number of a fault kind before escalation. */
export type FaultException = 3 | 4 | 5 | 6;

interface FaultRow {
  readonly exception: FaultException;
  /** Bit in CFSR; none for the two that only HFSR records. */
  readonly cfsr: number;
}

export const FAULTS = {
  IACCVIOL: { exception: 4, cfsr: 1 << 0 },
  DACCVIOL: { exception: 4, cfsr: 1 << 1 },
  MUNSTKERR: { exception: 4, cfsr: 1 << 3 },
  MSTKERR: { exception: 4, cfsr: 1 << 4 },
  MLSPERR: { exception: 4, cfsr: 1 << 5 },
  IBUSERR: { exception: 5, cfsr: 1 << 8 },
  PRECISERR: { exception: 5, cfsr: 1 << 9 },
  IMPRECISERR: { exception: 5, cfsr: 1 << 10 },
  UNSTKERR: { exception: 5, cfsr: 1 << 11 },
  STKERR: { exception: 5, cfsr: 1 << 12 },
  LSPERR: { exception: 5, cfsr: 1 << 13 },
  UNDEFINSTR: { exception: 6, cfsr: 1 << 16 },
  INVSTATE: { exception: 6, cfsr: 1 << 17 },
  INVPC: { exception: 6, cfsr: 1 << 18 },
  NOCP: { exception: 6, cfsr: 1 << 19 },
  UNALIGNED: { exception: 6, cfsr: 1 << 24 },
  DIVBYZERO: { exception: 6, cfsr: 1 << 25 },
  VECTTBL: { exception: 3, cfsr: 0 },
  DEBUGEVT: { exception: 3, cfsr: 0 },
} as const satisfies Record<FaultKind, FaultRow>;

export interface Fault {
  readonly kind: FaultKind;
  /** Address for MMFAR or BFAR, where the architecture records one. */
  readonly address?: number;
}
