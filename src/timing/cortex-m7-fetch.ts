/** Bytes that one fetch brings. @source Arm Cortex-M7 TRM, "Prefetch unit" */
const WINDOW = 8;
const WINDOWS = 4;
/** Available before the younger slot of the cycle before needs it, and longer ago all the same. */
const OLDEST = -2;

/**
 * The front end: one aligned 64-bit window a cycle into a queue of four, along the predicted path. What is kept is when
 * the instructions of the current window and of the three after it in the stream can issue, wherever they lie.
 */
export class FetchQueue {
  readonly #ready = [0, 1, 2, 3];
  readonly #refill: number;

  /** @param refill cycles from the issue of the last instruction of a window to that of the one fetched in its place */
  constructor(refill: number) {
    this.#refill = refill;
  }

  restore(state: readonly number[], at: number): void {
    for (let i = 0; i < WINDOWS; i++) this.#ready[i] = state[at + i]!;
  }
  snapshot(state: number[], now: number): void {
    for (let i = 0; i < WINDOWS; i++) state.push(Math.max(this.#ready[i]! - now, OLDEST));
  }
  readyAt(pc: number, size: 2 | 4): number {
    return this.#ready[(pc & (WINDOW - 1)) + size > WINDOW ? 1 : 0]!;
  }
  consume(pc: number, size: 2 | 4, cycle: number): void {
    if ((pc & (WINDOW - 1)) + size >= WINDOW) this.#advance(cycle);
  }
  /** The rest of the window behind a taken branch is not used; the target's window is fetched next. */
  jump(end: number, cycle: number): void {
    if ((end & (WINDOW - 1)) !== 0) this.#advance(cycle);
  }
  /** Nothing that was fetched is kept: the next instruction comes with the first of new windows, at `cycle`. */
  restart(cycle: number): void {
    for (let i = 0; i < WINDOWS; i++) this.#ready[i] = cycle + i;
  }
  #advance(cycle: number): void {
    const ready = this.#ready;
    for (let i = 1; i < WINDOWS; i++) ready[i - 1] = ready[i]!;
    ready[WINDOWS - 1] = Math.max(ready[WINDOWS - 2]! + 1, cycle + this.#refill);
  }
}

/** The queue after a refill: the first window can issue at once. */
export const REFILLED: readonly number[] = [0, 1, 2, 3];
