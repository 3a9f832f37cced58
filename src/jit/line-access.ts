/** Stands for a stall: the access is the host's to make, and nothing has changed. */
export const BY_HOST = -1;

/** An access that an assist makes to memory with lines, and the locals that it is in. */
export interface LineAccess {
  readonly address: number;
  /** Entry of the page table. */
  readonly entry: number;
  /** Cycle, an f64. */
  readonly now: number;
  readonly write: boolean;
  /** Takes the stall on the stack, or `BY_HOST`, and leaves. */
  readonly answer: () => void;
}
