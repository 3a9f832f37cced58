import type { M4Costs } from "./cortex-m4-costs.ts";

/** First address that is fetched over the System bus. @source Armv7-M ARM, "The system address map" */
const SYSTEM_BUS = 0x2000_0000;
const HALFWORDS_OF_WORD = 2;
/** Halfwords of the queue, and those of them that decode looks at. */
const QUEUE = 6;
const HEAD = 2;
/** Fetches that can be under way at the same time. */
const UNDER_WAY = 2;

/** A fetch under way: the cycle of its address phase, and the halfwords that it brings. */
interface Transfer {
  readonly cycle: number;
  readonly halfwords: number;
}

/** What is fetched while an instruction is about to leave decode: see `FetchBuffer.consume`. */
export type FetchAtDecode = "sequential" | "early" | "target";

/**
 * The prefetch queue: three words, filled by one aligned 32-bit fetch a cycle. Decode looks at the first two halfwords,
 * which count as two as long as one of them is there. A fetch needs room for a word when it begins, beside what is under
 * way; an instruction that is known to leave decode in the next cycle makes room one cycle earlier. So wide instructions
 * of one cycle each run at one a cycle wherever they lie, and those across words lose one where three of them follow an
 * instruction that may take several.
 * @source Arm KB 103488664 (three words); KA006138 and eprint 2025/523 (what is lost); CMEmu, whose rules these are:
 * made for the Cortex-M3, they give all of 4,860 counts measured on CC2652, a Cortex-M4 (docs/fit.md)
 */
export class FetchBuffer {
  /** The cycle at whose beginning the queue is as follows; its own fetch has not been begun. */
  #cycle = 0;
  /** Halfwords that decode looks at, and those behind them. */
  #head = 0;
  #behind = 0;
  #transfers: Transfer[] = [];
  /** Halfwords that were in decode beside the narrow instruction that left it last: an IT may go with it. */
  #left = 0;
  /** Data has the memory that code is fetched from until then. */
  #blockedUntil = 0;
  /** A jump was taken and the target is not known yet. */
  #jumped = true;
  #system = false;
  readonly #toExecute: number;
  readonly #systemRate: number;

  constructor({ fetchToExecute, systemFetchRate }: M4Costs["rule"]) {
    this.#toExecute = fetchToExecute.cycles;
    this.#systemRate = systemFetchRate.cycles;
  }

  restore(state: readonly number[]): void {
    this.#jumped = state[0] === 1;
    this.#system = state[1] === 1;
    this.#cycle = -1;
    this.#head = state[2]!;
    this.#behind = state[3]!;
    this.#left = state[4]!;
    this.#blockedUntil = this.#cycle + state[5]!;
    this.#transfers = [];
    for (let i = 6; i < 6 + 2 * UNDER_WAY; i += 2)
      if (state[i + 1]! > 0)
        this.#transfers.push({ cycle: this.#cycle - state[i]!, halfwords: state[i + 1]! });
  }
  snapshot(now: number): number[] {
    if (this.#jumped) return [1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    this.#advance(now - 1);
    const state = [0, this.#system ? 1 : 0, this.#head, this.#behind, this.#left];
    state.push(Math.max(0, this.#blockedUntil - this.#cycle));
    for (let i = 0; i < UNDER_WAY; i++) {
      const transfer = this.#transfers[i];
      state.push(...(transfer === undefined ? [0, 0] : [this.#cycle - transfer.cycle, transfer.halfwords]));
    }
    return state;
  }

  /** Fetching starts anew, with the first word of the target ready to execute when the refill is over. */
  jump(): void {
    this.#jumped = true;
  }
  /** The next instruction is the first one behind a jump. */
  get jumped(): boolean {
    return this.#jumped;
  }
  /** First cycle in which the instruction can execute. */
  readyAt(pc: number, size: 2 | 4, now: number): number {
    if (this.#jumped) this.#start(pc, now);
    const halfwords = size / 2;
    while (this.#head < halfwords) this.#step();
    return this.#cycle + 1;
  }
  /**
   * A narrow instruction that may retire with the one before it, which is narrow, is in decode with it; it leaves when that
   * one, which may take several cycles, is done at `now`.
   */
  folds(now: number): boolean {
    if (this.#jumped || this.#left === 0) return false;
    this.#advance(now - 1);
    this.#left = 0;
    this.#leave(1);
    return true;
  }
  /**
   * The instruction executes at `cycle`, so it is in decode in the cycle before.
   * @param fetch what goes on the bus in that cycle: the next word if there is room ("sequential"), also the room that
   * the instruction leaves ("early"), or the target of a branch in its place
   */
  consume(size: 2 | 4, cycle: number, fetch: FetchAtDecode): void {
    const halfwords = size / 2;
    this.#advance(cycle - 1);
    if (fetch !== "target") this.#begin(fetch === "early" ? halfwords : 0);
    this.#cycle++;
    this.#left = size === 2 ? this.#head - 1 : 0;
    this.#leave(halfwords);
    this.#arrive();
  }
  /**
   * Data accesses from `cycle` on take the memory that code is fetched from over I-Code for `beats` cycles: the fetches
   * that would begin then come later.
   * @source DDI0337 "ICode bus interface": D-Code goes before I-Code; measured: CC2650, code and data in one RAM behind
   * the code buses (docs/fit.md)
   */
  contend(cycle: number, beats: number): void {
    this.#blockedUntil = cycle + beats;
  }
  /**
   * How often data accesses from `cycle` on, `beats` one after the other, find a fetch on the bus that they share with the
   * code: on the System bus it is there a cycle after it began.
   * @source Arm DDI0337 "System interface" (fetches are registered); M: code and data in the SRAM of CC2652
   */
  collisions(cycle: number, beats: number): number {
    if (!this.#system) return 0;
    let at = cycle;
    for (let beat = 0; beat < beats; beat++) {
      this.#advance(at);
      while (this.#transfers.at(-1)?.cycle === at - 1) this.#advance(++at);
      at++;
    }
    return at - cycle - beats;
  }

  #advance(cycle: number): void {
    while (this.#cycle < cycle) this.#step();
  }
  /** A cycle in which nothing leaves decode. */
  #step(): void {
    this.#begin(0);
    this.#cycle++;
    this.#arrive();
  }
  /** Begins a fetch if the bus is free and there is room. @param leaving halfwords whose places are free in advance */
  #begin(leaving: number): void {
    if (this.#cycle < this.#blockedUntil) return;
    const last = this.#transfers.at(-1);
    if (last !== undefined && this.#cycle - last.cycle < this.#rate) return;
    const head = this.#head === leaving ? 0 : HEAD - Math.min(leaving, 1);
    const taken = head + this.#behind + HALFWORDS_OF_WORD * this.#transfers.length;
    if (taken + HALFWORDS_OF_WORD > QUEUE) return;
    this.#transfers.push({ cycle: this.#cycle, halfwords: HALFWORDS_OF_WORD });
  }
  #arrive(): void {
    const first = this.#transfers[0];
    if (first === undefined || first.cycle > this.#cycle - (this.#latency - 1)) return;
    this.#transfers.shift();
    this.#behind += first.halfwords;
    this.#fill();
  }
  #leave(halfwords: number): void {
    this.#head -= halfwords;
    this.#fill();
  }
  #fill(): void {
    const moved = Math.min(HEAD - this.#head, this.#behind);
    this.#head += moved;
    this.#behind -= moved;
  }

  get #rate(): number {
    return this.#system ? this.#systemRate : 1;
  }
  get #latency(): number {
    return this.#system ? this.#toExecute + this.#systemRate - 1 : this.#toExecute;
  }
  #start(pc: number, now: number): void {
    this.#jumped = false;
    this.#system = pc >= SYSTEM_BUS;
    this.#cycle = now - this.#toExecute + 1;
    this.#head = 0;
    this.#behind = 0;
    this.#left = 0;
    this.#blockedUntil = this.#cycle;
    this.#transfers = [{ cycle: now - this.#toExecute, halfwords: (pc & 2) !== 0 ? 1 : HALFWORDS_OF_WORD }];
  }
}
