import type { M4Costs } from "./cortex-m4-costs.ts";

/** First address that is fetched over the System bus. @source Armv7-M ARM, "The system address map" */
const SYSTEM_BUS = 0x2000_0000;

/**
 * The fetch buffer: three words, filled by one aligned 32-bit fetch a cycle, each place free for the next fetch in the
 * cycle in which its last halfword leaves decode. So wide instructions run at one a cycle wherever they lie, once the
 * second word behind a jump is there.
 * Not modelled: the cycle that the third of several straddling wide instructions loses on some parts (eprint 2025/523,
 * C on STM32L4); the calibration set's AES key schedule, measured on STM32F407, has such a group and loses none.
 * @source Arm KB 103488664
 */
export class FetchBuffer {
  /** Cycles of the address phases of the next instruction's word and of the two after it. */
  #first = 0;
  #second = 0;
  #third = 0;
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
    this.#first = state[2]!;
    this.#second = state[3]!;
    this.#third = state[4]!;
  }
  snapshot(now: number): number[] {
    if (this.#jumped) return [1, 0, 0, 0, 0];
    // Address phases further back than this no longer matter.
    const oldest = -(this.#toExecute + this.#systemRate - 1);
    const age = (cycle: number) => Math.max(cycle - now, oldest);
    return [0, this.#system ? 1 : 0, age(this.#first), age(this.#second), age(this.#third)];
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
    return ((pc & 2) + size > 4 ? this.#second : this.#first) + this.#latency;
  }
  /** The instruction executes at `cycle`, so it leaves decode one cycle before. */
  consume(pc: number, size: 2 | 4, cycle: number): void {
    if ((pc & 2) + size < 4) return;
    const freed = cycle - 1;
    this.#first = this.#second;
    this.#second = this.#third;
    this.#third = Math.max(this.#third + this.#rate, freed);
  }
  /** A conditional branch in decode puts its target on the bus, in the place of a sequential fetch. */
  speculate(cycle: number): void {
    const decode = cycle - 1;
    if (this.#first >= decode) this.#first += 1;
    if (this.#second >= decode) this.#second += 1;
    if (this.#third >= decode) this.#third += 1;
  }
  /** Data accesses from `cycle` on take the System bus for `beats` cycles; fetches that share it wait. */
  contend(cycle: number, beats: number): void {
    if (!this.#system) return;
    if (this.#first >= cycle) this.#first += beats;
    if (this.#second >= cycle) this.#second += beats;
    if (this.#third >= cycle) this.#third += beats;
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
    this.#first = now - this.#toExecute;
    this.#second = this.#first + this.#rate;
    this.#third = this.#second + this.#rate;
  }
}
